import { type MspId, Orders, type Rejection, type RequestOf, type Side, isRejection, refuse } from '@kessai/interface';
import {
  type Context,
  type OpenBilateralTrade,
  type PartyLine,
  type Reader,
  type SettlementBooks,
  type SubmitHandler,
  accountAt,
  alreadyDone,
  bilateralName,
  bilateralViewOf,
  created,
  isAccount,
  load,
  matched,
  memberOf,
  openBilateralTradesOf,
  openLegs,
  openTrades,
  put,
  registeredAgain,
  settledAtOnce,
  settlementUnit,
} from '@kessai/ledger';
import { opposite } from './book';
import { type MarketIn, loadMarketIn } from './market-in';
import {
  type Answering,
  type OpenRecords,
  answeredBefore,
  answeredName,
  answeredTrade,
  closed,
  loadOpen,
  refusedLapsed,
} from './open-trade';

type Api = typeof Orders.methods;

interface Recording extends MarketIn, OpenRecords {}

/** One party's word: the other side is named, its account is not known yet. */
export const recordTrade: SubmitHandler<RequestOf<Api['RecordTrade']>, Recording> = {
  async load(reader, { counterparty, account: name, isin }, { caller, market }) {
    const { mspId: institution } = caller;
    const field = 'counterparty';
    if (counterparty === institution) return refuse('SelfTrade', { field });
    const member = memberOf(market, counterparty);
    if (!member) return refuse('MemberUnknown', { field, member: counterparty });
    const { role } = member;
    if (role !== 'institution') {
      return refuse('MemberRole', { field, member: counterparty, role, needed: ['institution'] });
    }
    const marketIn = await loadMarketIn(reader, isin);
    if (isRejection(marketIn)) return marketIn;
    const { account } = await load(reader, { account: accountAt(institution, name) });
    if (!isAccount(name, account)) return refuse('AccountUnknown', { field: 'account', institution, account: name });
    return { ...marketIn, ...(await loadOpen(reader, { recordedBy: institution, counterparty })) };
  },

  decide({ instrument, open, ours, theirs }, request, { caller: { mspId: recordedBy }, clock }) {
    const { tradeId, counterparty, isin, side, quantity, amount } = request;
    const first = open.get(tradeId);
    if (first) return registeredAgain(Orders.methods.RecordTrade.request, first, request);
    const unit = settlementUnit(instrument);
    const trade: OpenBilateralTrade = { ...request, unit, tradeDate: clock.businessDate };
    const name = bilateralName(recordedBy, tradeId);
    const theirSide = opposite(side);
    return {
      ...created(
        put(openBilateralTradesOf(recordedBy), open.with(tradeId, trade)),
        put(bilateralViewOf(recordedBy), ours.with(name, viewOf(trade, recordedBy, recordedBy))),
        put(bilateralViewOf(counterparty), theirs.with(name, viewOf(trade, recordedBy, counterparty))),
      ),
      advices: [
        {
          to: counterparty,
          advice: {
            ...{ kind: 'allegement', recordedBy, tradeId, isin, side: theirSide, quantity, amount, unit },
          },
        },
      ],
    };
  },
};

function viewOf(trade: OpenBilateralTrade, recordedBy: MspId, viewer: MspId): PartyLine {
  const { tradeId, isin, side, quantity, amount, unit, tradeDate, account, counterparty } = trade;
  const known = { origin: 'otc', isin, quantity, amount, unit, tradeDate, recordedBy, tradeId } as const;
  return viewer === recordedBy
    ? { ...known, side, account, counterparty }
    : { ...known, side: opposite(side), counterparty: recordedBy };
}

/** A trade between others is told like one that does not exist. */
async function recordedWithUs(
  reader: Reader,
  { recordedBy, tradeId }: Pick<RequestOf<Api['AffirmTrade']>, 'recordedBy' | 'tradeId'>,
  { caller: { mspId: counterparty }, market, cycle }: Context,
): Promise<Answering | Rejection> {
  const unknown = refuse('TradeUnknown', { field: 'tradeId', tradeId });
  if (recordedBy === counterparty || memberOf(market, recordedBy)?.role !== 'institution') return unknown;
  const records = await loadOpen(reader, { recordedBy, counterparty });
  const trade = records.open.get(tradeId);
  if (trade?.counterparty === counterparty) {
    return { ...records, trade, tradeBook: await openTrades(reader, cycle, []) };
  }
  return (await answeredBefore(reader, { recordedBy, tradeId }, counterparty, cycle)) ?? unknown;
}

interface Affirming {
  readonly answering: Answering;
  /** Where trades settle when they are made: the trade, and the books of both legs. */
  readonly settlement: SettlementBooks | undefined;
}

export const affirmTrade: SubmitHandler<RequestOf<Api['AffirmTrade']>, Affirming> = {
  async load(reader, request, context) {
    const answering = await recordedWithUs(reader, request, context);
    if (isRejection(answering)) return answering;
    const { mspId: institution } = context.caller;
    const { account: name, recordedBy } = request;
    const { account } = await load(reader, { account: accountAt(institution, name) });
    if (!isAccount(name, account)) return refuse('AccountUnknown', { field: 'account', institution, account: name });
    const atOnce = 'trade' in answering && context.policy.settlement === 'continuous';
    return {
      answering,
      settlement: atOnce ? await openLegs(reader, [answeredTrade(answering.trade, recordedBy, name)]) : undefined,
    };
  },

  decide({ answering, settlement }, request, { caller, clock }) {
    const lapsed = refusedLapsed(answering, clock);
    if (lapsed) return lapsed;
    const differs = mismatch(termsOf(answering, caller.mspId), request);
    if (differs) return differs;
    if ('answered' in answering) {
      const { answered, state } = answering;
      const { account } = answered.seller.institution === caller.mspId ? answered.seller : answered.buyer;
      const same = account === request.account && state.status !== 'rejected';
      return same ? alreadyDone : refuse('TradeNotOpen', { field: 'tradeId', status: state.status });
    }
    const { recordedBy, tradeId, account } = request;
    const trade = answeredTrade(answering.trade, recordedBy, account);
    const state = settlement ? settledAtOnce(settlement, trade, clock.businessDate) : matched;
    answering.tradeBook.add(trade, state);
    return {
      ...created(closed(answering, recordedBy)),
      remembered: [{ member: recordedBy, name: answeredName(tradeId) }],
    };
  },
};

export const rejectTrade: SubmitHandler<RequestOf<Api['RejectTrade']>, Answering> = {
  load: recordedWithUs,

  decide(answering, { recordedBy, tradeId, reason }, { clock }) {
    const lapsed = refusedLapsed(answering, clock);
    if (lapsed) return lapsed;
    if ('answered' in answering) {
      const { answered, state } = answering;
      const same = state.status === 'rejected' && answered.rejectionReason === reason;
      return same ? alreadyDone : refuse('TradeNotOpen', { field: 'tradeId', status: state.status });
    }
    const { tradeBook, trade } = answering;
    tradeBook.add({ ...answeredTrade(trade, recordedBy), rejectionReason: reason }, { status: 'rejected' });
    return {
      ...created(closed(answering, recordedBy)),
      remembered: [{ member: recordedBy, name: answeredName(tradeId) }],
    };
  },
};

/** What both sides must say alike. */
interface Terms {
  readonly isin: string;
  /** The answering party's. */
  readonly side: Side;
  readonly quantity: bigint;
  readonly amount: bigint;
}

function termsOf(answering: Answering, us: MspId): Terms {
  if ('answered' in answering) {
    return { ...answering.answered, side: answering.answered.seller.institution === us ? 'sell' : 'buy' };
  }
  return { ...answering.trade, side: opposite(answering.trade.side) };
}

/** The terms field by field, in the order of the request; the first that differs is named. */
function mismatch(recorded: Terms, affirmed: Terms): Rejection | undefined {
  const fields = ['isin', 'side', 'quantity', 'amount'] as const;
  const field = fields.find((name) => recorded[name] !== affirmed[name]);
  if (field === undefined) return undefined;
  return refuse('TradeMismatch', {
    field,
    recorded: recorded[field].toString(),
    affirmed: affirmed[field].toString(),
  });
}
