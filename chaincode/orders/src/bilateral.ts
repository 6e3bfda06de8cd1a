import { type Orders, type Rejection, type RequestOf, isRejection, refuse } from '@kessai/interface';
import {
  type Context,
  type Reader,
  type SettlementBooks,
  type SubmitHandler,
  accountAt,
  alreadyDone,
  created,
  isAccount,
  load,
  matched,
  memberOf,
  openLegs,
  openTrades,
  settledAtOnce,
} from '@kessai/ledger';
import { type Terms, differingTerm, termsOf } from './bilateral-terms';
import {
  type Answering,
  answeredBefore,
  answeredName,
  answeredTrade,
  closed,
  loadOpen,
  refusedLapsed,
} from './open-trade';

type Api = typeof Orders.methods;

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

/** The terms field by field, in the order of the request; the first that differs is named. */
function mismatch(recorded: Terms, affirmed: Terms): Rejection | undefined {
  const field = differingTerm(recorded, affirmed);
  if (field === undefined) return undefined;
  return refuse('TradeMismatch', {
    field,
    recorded: recorded[field].toString(),
    affirmed: affirmed[field].toString(),
  });
}
