import { type MspId, type Orders, type Rejection, type RequestOf, isRejection, refuse } from '@kessai/interface';
import {
  type Context,
  type OpenBilateralTrade,
  type PartyLine,
  type Rows,
  type SubmitHandler,
  type TradeBook,
  bilateralName,
  bilateralViewOf,
  byName,
  created,
  isLapsed,
  load,
  memberOf,
  openBilateralTradesOf,
  openTrades,
  put,
} from '@kessai/ledger';
import { answeredName, answeredTrade } from './open-trade';

type Request = RequestOf<typeof Orders.methods.LapseTrades>;

interface Lapsed {
  readonly recordedBy: MspId;
  readonly trade: OpenBilateralTrade;
}

interface State {
  /** By who recorded them. */
  readonly open: ReadonlyMap<MspId, Rows<OpenBilateralTrade>>;
  /** By party. */
  readonly views: ReadonlyMap<MspId, Rows<PartyLine>>;
  readonly lapsed: readonly Lapsed[];
  readonly tradeBook: TradeBook;
}

/** Clears away recorded trades that were not affirmed by the end of their day, and tells both parties. */
export const lapseTrades: SubmitHandler<Request, State> = {
  async load(reader, request, context) {
    const recorders = recordersAsked(request, context);
    if (isRejection(recorders)) return recorders;
    const found = await load(reader, { open: recorders.map(openBilateralTradesOf) });
    const open = new Map(byMember(recorders, found.open));
    const lapsed = [...open].flatMap(([recordedBy, rows]) =>
      [...rows.values()]
        .filter((trade) => isLapsed(trade, context.clock))
        .sort(byName(({ tradeId }) => tradeId))
        .map((trade) => ({ recordedBy, trade })),
    );
    const parties = [...new Set(lapsed.flatMap(({ recordedBy, trade }) => [recordedBy, trade.counterparty]))];
    const shown = await load(reader, { views: parties.map(bilateralViewOf) });
    const views = new Map(byMember(parties, shown.views));
    return { open, views, lapsed, tradeBook: await openTrades(reader, context.cycle, []) };
  },

  decide({ open: openBefore, views: viewsBefore, lapsed, tradeBook }) {
    const [open, views] = [new Map(openBefore), new Map(viewsBefore)];
    const recorders = new Set<MspId>();
    for (const { recordedBy, trade } of lapsed) {
      const name = bilateralName(recordedBy, trade.tradeId);
      tradeBook.add(answeredTrade(trade, recordedBy), { status: 'lapsed' });
      recorders.add(recordedBy);
      change(open, recordedBy, (rows) => rows.without(trade.tradeId));
      for (const party of [recordedBy, trade.counterparty]) change(views, party, (rows) => rows.without(name));
    }
    return {
      ...created(
        [...open]
          .filter(([member]) => recorders.has(member))
          .map(([member, rows]) => put(openBilateralTradesOf(member), rows)),
        [...views].map(([member, rows]) => put(bilateralViewOf(member), rows)),
      ),
      remembered: lapsed.map(({ recordedBy, trade }) => ({ member: recordedBy, name: answeredName(trade.tradeId) })),
    };
  },
};

/** Those whose records are asked for: every institution unless some are named. */
function recordersAsked({ recordedBy }: Request, { market }: Context): readonly MspId[] | Rejection {
  if (recordedBy === undefined) {
    return market.members.filter(({ role }) => role === 'institution').map(({ mspId }) => mspId);
  }
  for (const [index, mspId] of recordedBy.entries()) {
    const field = `recordedBy[${index.toString()}]`;
    const member = memberOf(market, mspId);
    if (!member) return refuse('MemberUnknown', { field, member: mspId });
    const { role } = member;
    if (role !== 'institution') return refuse('MemberRole', { field, member: mspId, role, needed: ['institution'] });
  }
  return [...new Set(recordedBy)];
}

/** What was found, by whose it is. */
function byMember<T>(members: readonly MspId[], found: readonly (T | undefined)[]): readonly (readonly [MspId, T])[] {
  return members.flatMap((member, index) => {
    const value = found[index];
    return value === undefined ? [] : [[member, value] as const];
  });
}

function change<T>(values: Map<MspId, T>, member: MspId, to: (value: T) => T): void {
  const value = values.get(member);
  if (value !== undefined) values.set(member, to(value));
}
