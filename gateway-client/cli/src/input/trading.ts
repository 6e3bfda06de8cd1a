import { accountId, businessId, isin, oneOf, reasonText, side, timeInForce } from '@kessai/interface';
import { coded, counted, memberKey, withFallback, written } from './columns';
import type { DayBilateral, DayCancel, DayInstrument, DayMoney, DayOrder } from './market-day';
import { refuseSecondUse } from './primary-market';
import type { Locatable, Reference } from './reference';

const round = counted(1, 1_000);

export function readOrders(reference: Reference): readonly DayOrder[] {
  const columns = {
    round,
    member: memberKey,
    orderId: coded(businessId),
    isin: coded(isin),
    side: coded(side),
    account: coded(accountId),
    quantity: written,
    price: written,
    timeInForce: withFallback(coded(timeInForce), 'day' as const),
  };
  const ids = new Set<string>();
  return reference.read('orders.csv', columns, (at): DayOrder | null => {
    const { round: inRound, member: key, quantity: quantityText, price: priceText, ...order } = at.row;
    const member = reference.member(at, 'member', key, 'institution');
    const instrument = reference.instrument(at, order.isin);
    const held = member && reference.account(at, 'account', member.mspId, order.account);
    refuseSecondUse(reference, at, ids, `${key}/${order.orderId}`, 'orderId');
    if (!instrument) return null;
    const money = moneyOf(reference, instrument);
    const quantity = lots(reference, at, quantityText, instrument);
    const price = reference.amount(at, 'price', priceText, instrument.priceDecimals + (money?.decimals ?? 0));
    if (!member || !held || quantity === null || price === null) return null;
    return { round: inRound, institution: member.mspId, order: { ...order, quantity, price } };
  });
}

export function readCancels(reference: Reference, orders: readonly DayOrder[]): readonly DayCancel[] {
  const columns = { round, member: memberKey, orderId: coded(businessId) };
  const placed = new Map(orders.map((order) => [`${order.institution}/${order.order.orderId}`, order.round]));
  return reference.read('cancels.csv', columns, (at): DayCancel | null => {
    const { orderId, round: inRound } = at.row;
    const member = reference.member(at, 'member', at.row.member, 'institution');
    if (!member) return null;
    const since = placed.get(`${member.mspId}/${orderId}`);
    if (since === undefined) {
      const reason = `${at.row.member} places no order ${orderId} in orders.csv`;
      return reference.isComplete('orders.csv') ? reference.refuse(at, 'orderId', reason) : null;
    }
    if (inRound > since) return { round: inRound, institution: member.mspId, orderId };
    return reference.refuse(at, 'round', `must be later than round ${since}, in which the order is placed`);
  });
}

export function readBilaterals(reference: Reference): readonly DayBilateral[] {
  const columns = {
    tradeId: coded(businessId),
    recordedBy: memberKey,
    counterparty: memberKey,
    isin: coded(isin),
    side: coded(side),
    account: coded(accountId),
    quantity: written,
    amount: written,
    answer: coded(oneOf('affirm', 'reject')),
    counterpartyAccount: withFallback(coded(accountId), undefined),
    reason: withFallback(coded(reasonText), undefined),
  };
  const ids = new Set<string>();
  return reference.read('otc.csv', columns, (at): DayBilateral | null => {
    const { tradeId, isin: code, side: ourSide, account } = at.row;
    const us = reference.member(at, 'recordedBy', at.row.recordedBy, 'institution');
    const them = reference.member(at, 'counterparty', at.row.counterparty, 'institution');
    const instrument = reference.instrument(at, code);
    refuseSecondUse(reference, at, ids, `${at.row.recordedBy}/${tradeId}`, 'tradeId');
    if (us && us === them) reference.refuse(at, 'counterparty', 'must be another institution than the recording one');
    const held = us && reference.account(at, 'account', us.mspId, account);
    const answer = them && answerOf(reference, at, them.mspId);
    if (!instrument) return null;
    const quantity = reference.amount(at, 'quantity', at.row.quantity, instrument.decimals);
    const money = moneyOf(reference, instrument);
    const amount = money && reference.amount(at, 'amount', at.row.amount, money.decimals);
    if (!us || !them || us === them || !held || !answer) return null;
    if (quantity === null || amount === null) return null;
    const record = { tradeId, counterparty: them.mspId, isin: code, side: ourSide, account, quantity, amount };
    return { recordedBy: us.mspId, record, answer };
  });
}

type AnswerRow = Locatable & {
  readonly row: {
    readonly answer: 'affirm' | 'reject';
    readonly counterpartyAccount: DayOrder['order']['account'] | undefined;
    readonly reason: string | undefined;
  };
};

function answerOf(
  reference: Reference,
  at: AnswerRow,
  counterparty: DayOrder['institution'],
): DayBilateral['answer'] | null {
  const { answer, counterpartyAccount: account, reason } = at.row;
  if (answer === 'reject') {
    return reason === undefined ? reference.refuse(at, 'reason', 'is needed to reject') : { kind: 'reject', reason };
  }
  if (account === undefined) return reference.refuse(at, 'counterpartyAccount', 'is needed to affirm');
  return reference.account(at, 'counterpartyAccount', counterparty, account) && { kind: 'affirm', account };
}

function lots(reference: Reference, at: Locatable, text: string, { lot, decimals }: DayInstrument): bigint | null {
  const quantity = reference.amount(at, 'quantity', text, decimals);
  if (quantity === null || quantity % lot === 0n) return quantity;
  return reference.refuse(at, 'quantity', `must be a multiple of the trading lot of ${lot} smallest units`);
}

function moneyOf(reference: Reference, instrument: DayInstrument): DayMoney | null {
  const { settlementCurrency, settlementBank } = instrument;
  return reference.monies.get(`${settlementCurrency}@${settlementBank}` as DayMoney['unit']) ?? null;
}
