import { type MspId, Orders, type Rejection, type RequestOf, isRejection, refuse } from '@kessai/interface';
import {
  type Context,
  type OpenBilateralTrade,
  type PartyLine,
  type SubmitHandler,
  type TradeState,
  accountAt,
  bilateralName,
  bilateralViewOf,
  created,
  isAccount,
  isLapsed,
  load,
  memberOf,
  openBilateralTradesOf,
  put,
  registeredAgain,
  settlementUnit,
} from '@kessai/ledger';
import { differingTerm, termsOf } from './bilateral-terms';
import { opposite } from './book';
import { type MarketIn, loadMarketIn } from './market-in';
import { type Answered, type OpenRecords, answeredBefore, loadOpen } from './open-trade';

type Request = RequestOf<typeof Orders.methods.RecordTrade>;

interface Recording extends MarketIn, OpenRecords {
  /** A trade that the counterparty recorded with us under the same id, and that has been answered. */
  readonly answered: Answered | undefined;
}

/** One party's word: the other side is named, its account is not known yet. */
export const recordTrade: SubmitHandler<Request, Recording> = {
  async load(reader, { tradeId, counterparty, account: name, isin }, { caller, market, cycle }) {
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
    const [records, answered] = await Promise.all([
      loadOpen(reader, { recordedBy: institution, counterparty }),
      answeredBefore(reader, { recordedBy: counterparty, tradeId }, institution, cycle),
    ]);
    return { ...marketIn, ...records, answered };
  },

  decide(state, request, context) {
    const { instrument, open, ours, theirs } = state;
    const {
      caller: { mspId: recordedBy },
      clock,
    } = context;
    const { tradeId, counterparty, isin, side, quantity, amount } = request;
    const first = open.get(tradeId);
    if (first) return registeredAgain(Orders.methods.RecordTrade.request, first, request);
    const recorded = recordedByOther(state, request, context);
    if (recorded) return recorded;
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

/**
 * Both parties may have recorded one trade, each in its own words: affirmed twice, it would settle twice. What the counterparty recorded under
 * the same id and on the same terms is the same trade; on other terms it is another one, since each party chooses its ids by itself.
 */
function recordedByOther(
  { ours, answered }: Recording,
  { tradeId, counterparty, ...terms }: Request,
  { caller: { mspId: us }, clock }: Context,
): Rejection | undefined {
  const told = ours.get(bilateralName(counterparty, tradeId));
  const waiting = told && !isLapsed(told, clock) ? told : undefined;
  const bound = answered && binding.includes(answered.state.status) ? termsOf(answered, us) : undefined;
  const same = [waiting, bound].some((theirs) => theirs !== undefined && differingTerm(theirs, terms) === undefined);
  return same ? refuse('TradeRecorded', { field: 'tradeId', tradeId, recordedBy: counterparty }) : undefined;
}

/** Where a trade stands that binds both parties. */
const binding: readonly TradeState['status'][] = ['matched', 'pending', 'settled'];

function viewOf(trade: OpenBilateralTrade, recordedBy: MspId, viewer: MspId): PartyLine {
  const { tradeId, isin, side, quantity, amount, unit, tradeDate, account, counterparty } = trade;
  const known = { origin: 'otc', isin, quantity, amount, unit, tradeDate, recordedBy, tradeId } as const;
  return viewer === recordedBy
    ? { ...known, side, account, counterparty }
    : { ...known, side: opposite(side), counterparty: recordedBy };
}
