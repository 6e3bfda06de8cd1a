import { type Orders, type Rejection, type RequestOf, isRejection, refuse } from '@kessai/interface';
import {
  type Context,
  type Reader,
  type SubmitHandler,
  type Trade,
  accountAt,
  alreadyDone,
  created,
  load,
  memberOf,
  otcPage,
  putTrades,
  settlementUnit,
  tradePageAt,
} from '@kessai/ledger';
import { type MarketIn, loadMarketIn } from './market-in';

type Api = typeof Orders.methods;

/** One party's word: the other side is named, its account is not known yet. */
export const recordTrade: SubmitHandler<RequestOf<Api['RecordTrade']>, MarketIn> = {
  async load(reader, { counterparty, account: name, isin }, { caller, market }) {
    const { mspId: institution } = caller;
    if (counterparty === institution) return refuse('SelfTrade', { field: 'counterparty' });
    const member = memberOf(market, counterparty);
    if (!member) return refuse('MemberUnknown', { field: 'counterparty', member: counterparty });
    if (member.role !== 'institution') {
      return refuse('MemberRole', {
        field: 'counterparty',
        member: counterparty,
        role: member.role,
        needed: ['institution'],
      });
    }
    const marketIn = await loadMarketIn(reader, isin);
    if (isRejection(marketIn)) return marketIn;
    const { account } = await load(reader, { account: accountAt(institution, name) });
    return account ? marketIn : refuse('AccountUnknown', { field: 'account', institution, account: name });
  },

  decide({ instrument }, request, { caller, clock }) {
    const { tradeId, counterparty, isin, side, account, quantity, amount } = request;
    const us = { institution: caller.mspId, account };
    const them = { institution: counterparty };
    const trade: Trade = {
      number: 0,
      origin: 'otc',
      isin,
      quantity,
      amount,
      unit: settlementUnit(instrument),
      seller: side === 'sell' ? us : them,
      buyer: side === 'sell' ? them : us,
      recordedBy: caller.mspId,
      tradeId,
      tradeDate: clock.businessDate,
      status: 'recorded',
    };
    return created(putTrades(otcPage(caller.mspId, tradeId), [trade]));
  },
};

export const affirmTrade: SubmitHandler<RequestOf<Api['AffirmTrade']>, Trade> = {
  async load(reader, request, context) {
    const trade = await recordedWithUs(reader, request, context);
    if (isRejection(trade)) return trade;
    const { mspId: institution } = context.caller;
    const { account } = await load(reader, { account: accountAt(institution, request.account) });
    return account ? trade : refuse('AccountUnknown', { field: 'account', institution, account: request.account });
  },

  decide(trade, request, { caller }) {
    const ourSide = trade.seller.institution === caller.mspId ? 'sell' : 'buy';
    const us = ourSide === 'sell' ? trade.seller : trade.buyer;
    const differs = mismatch(trade, ourSide, request);
    if (differs) return differs;
    if (trade.status !== 'recorded') {
      const ours = us.account === request.account && trade.status !== 'rejected';
      return ours ? alreadyDone : refuse('TradeNotOpen', { field: 'tradeId', status: trade.status });
    }
    const party = { ...us, account: request.account };
    const affirmed: Trade = {
      ...trade,
      ...(ourSide === 'sell' ? { seller: party } : { buyer: party }),
      status: 'matched',
    };
    return created(putTrades(otcPage(request.recordedBy, request.tradeId), [affirmed]));
  },
};

export const rejectTrade: SubmitHandler<RequestOf<Api['RejectTrade']>, Trade> = {
  load: recordedWithUs,

  decide(trade, { recordedBy, tradeId, reason }) {
    if (trade.status === 'rejected' && trade.rejectionReason === reason) return alreadyDone;
    if (trade.status !== 'recorded') return refuse('TradeNotOpen', { field: 'tradeId', status: trade.status });
    return created(
      putTrades(otcPage(recordedBy, tradeId), [{ ...trade, status: 'rejected', rejectionReason: reason }]),
    );
  },
};

/** A trade between others is told like one that does not exist. */
async function recordedWithUs(
  reader: Reader,
  { recordedBy, tradeId }: Pick<RequestOf<Api['AffirmTrade']>, 'recordedBy' | 'tradeId'>,
  { caller }: Context,
): Promise<Trade | Rejection> {
  const { page } = await load(reader, { page: tradePageAt(otcPage(recordedBy, tradeId)) });
  const trade = page?.trades[0];
  const parties = [trade?.seller.institution, trade?.buyer.institution];
  if (!trade || recordedBy === caller.mspId || !parties.includes(caller.mspId)) {
    return refuse('TradeUnknown', { field: 'tradeId', tradeId });
  }
  return trade;
}

/** The terms field by field, in the order of the request; the first that differs is named. */
function mismatch(
  trade: Trade,
  ourSide: 'buy' | 'sell',
  request: RequestOf<Api['AffirmTrade']>,
): Rejection | undefined {
  const terms = [
    { field: 'isin', recorded: trade.isin, affirmed: request.isin },
    { field: 'side', recorded: ourSide, affirmed: request.side },
    { field: 'quantity', recorded: trade.quantity.toString(), affirmed: request.quantity.toString() },
    { field: 'amount', recorded: trade.amount.toString(), affirmed: request.amount.toString() },
  ];
  const first = terms.find(({ recorded, affirmed }) => recorded !== affirmed);
  return first && refuse('TradeMismatch', first);
}
