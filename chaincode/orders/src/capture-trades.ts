import {
  type AccountRef,
  type BusinessId,
  type Orders,
  type Rejection,
  type RequestOf,
  consideration,
  isRejection,
  maxQuantity,
  refuse,
} from '@kessai/interface';
import {
  type Context,
  type Instrument,
  type NewTrade,
  type Reader,
  type SettlementBooks,
  type Splits,
  type SubmitHandler,
  type TradeBook,
  accountAt,
  created,
  instrumentAt,
  isAccount,
  load,
  matched,
  memberOf,
  openLegs,
  openTrades,
  settledAtOnce,
  settlementUnit,
  splitsOf,
} from '@kessai/ledger';

type Request = RequestOf<typeof Orders.methods.CaptureTrades>;
type Captured = Request['trades'][number];

interface State {
  readonly trades: readonly NewTrade[];
  readonly tradeBook: TradeBook;
  /** Where trades settle when they are made. */
  readonly settlement: SettlementBooks | undefined;
}

/** Trades of an outside engine: its word is taken for who traded what at which price, not for what there is in the market. */
export const captureTrades: SubmitHandler<Request, State> = {
  async load(reader, { trades: captured }, context) {
    const tradeBook = await openTrades(reader, context.cycle, []);
    const ids = captured.map(({ tradeId }) => tradeId);
    const [known, recorded] = await Promise.all([
      loadKnown(reader, captured, context),
      tradeBook.capturedBefore(ids, context.clock.businessDate),
    ]);
    const trades: NewTrade[] = [];
    for (const [index, one] of captured.entries()) {
      const trade = capturedTrade(one, `trades[${index.toString()}]`, known, context);
      if (isRejection(trade)) return trade;
      trades.push(trade);
    }
    const again = capturedAgain(ids, recorded);
    if (again) return again;
    return {
      trades,
      tradeBook,
      settlement: context.policy.settlement === 'continuous' ? await openLegs(reader, trades) : undefined,
    };
  },

  decide({ trades, tradeBook, settlement }, _request, { clock }) {
    for (const trade of trades) {
      tradeBook.add(trade, settlement ? settledAtOnce(settlement, trade, clock.businessDate) : matched);
    }
    return created();
  },
};

/** An engine's trade is recorded once, under whatever instruction it comes. All that were recorded before are named, so that the rest can be sent. */
function capturedAgain(ids: readonly BusinessId[], recorded: ReadonlySet<BusinessId>): Rejection | undefined {
  const seen = new Set<BusinessId>();
  const again = ids.flatMap((id, index) => {
    const isAgain = recorded.has(id) || seen.has(id);
    seen.add(id);
    return isAgain ? [{ id, index }] : [];
  });
  const [first] = again;
  if (!first) return undefined;
  const field = `trades[${first.index.toString()}].tradeId`;
  return refuse('TradeCaptured', { field, tradeId: first.id, indexes: again.map(({ index }) => index) });
}

/** What the trades name and the market has, each read once. */
interface Known {
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** By instrument: the last split that has been completed. */
  readonly lastSplits: ReadonlyMap<string, Splits['completed'][number]>;
  readonly accounts: ReadonlySet<string>;
}

async function loadKnown(reader: Reader, captured: readonly Captured[], context: Context): Promise<Known> {
  const isins = [...new Set(captured.map(({ isin }) => isin))];
  const named = new Map<string, AccountRef>();
  for (const { seller, buyer } of captured) {
    named.set(nameOf(seller), seller);
    named.set(nameOf(buyer), buyer);
  }
  const parties = [...named].filter(([, party]) => isInstitution(party, context));
  const found = await load(reader, {
    instruments: isins.map(instrumentAt),
    splits: isins.map(splitsOf),
    accounts: parties.map(([, { institution, account }]) => accountAt(institution, account)),
  });
  return {
    instruments: new Map(found.instruments.flatMap((one) => (one ? [[one.isin as string, one] as const] : []))),
    lastSplits: new Map(
      found.splits.flatMap((splits, index) => {
        const last = splits?.completed.at(-1);
        return last ? [[isins[index] as string, last] as const] : [];
      }),
    ),
    accounts: new Set(
      parties.flatMap(([name, { account }], index) => (isAccount(account, found.accounts[index]) ? [name] : [])),
    ),
  };
}

function capturedTrade(
  { tradeId, time, isin, quantity, price, seller, buyer }: Captured,
  field: string,
  known: Known,
  context: Context,
): NewTrade | Rejection {
  const instrument = known.instruments.get(isin);
  if (!instrument) return refuse('InstrumentUnknown', { field: `${field}.isin`, isin });
  const split = known.lastSplits.get(isin);
  if (split && time <= split.time) {
    return refuse('TradeBeforeSplit', { field: `${field}.time`, isin, recordDate: split.recordDate });
  }
  const { lot } = instrument;
  if (quantity % lot !== 0n) return refuse('LotViolated', { field: `${field}.quantity`, lot });
  const amount = consideration(quantity, price, instrument);
  if (amount === 0n) return refuse('AmountTooSmall', { field: `${field}.price` });
  if (amount > maxQuantity) return refuse('AmountTooLarge', { field: `${field}.quantity` });
  const refused =
    refusedParty(seller, `${field}.seller`, known, context) ?? refusedParty(buyer, `${field}.buyer`, known, context);
  if (refused) return refused;
  // As on the board, an account does not trade with itself.
  if (nameOf(seller) === nameOf(buyer)) return refuse('SameAccount', { field: `${field}.buyer` });
  return {
    ...{ origin: 'captured', isin, quantity, price, amount, unit: settlementUnit(instrument), seller, buyer, tradeId },
    tradeDate: context.clock.businessDate,
  };
}

function refusedParty(party: AccountRef, field: string, { accounts }: Known, context: Context): Rejection | undefined {
  // An account that is there belongs to an institution.
  if (accounts.has(nameOf(party))) return undefined;
  const { institution: mspId, account } = party;
  const member = memberOf(context.market, mspId);
  if (!member) return refuse('MemberUnknown', { field: `${field}.institution`, member: mspId });
  const { role } = member;
  if (role !== 'institution') {
    return refuse('MemberRole', { field: `${field}.institution`, member: mspId, role, needed: ['institution'] });
  }
  return refuse('AccountUnknown', { field: `${field}.account`, institution: mspId, account });
}

function isInstitution({ institution }: AccountRef, { market }: Context): boolean {
  return memberOf(market, institution)?.role === 'institution';
}

function nameOf({ institution, account }: AccountRef): string {
  return `${institution}/${account}`;
}
