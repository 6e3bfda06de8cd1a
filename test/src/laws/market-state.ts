import { type Audit, type SampleDay, audit } from '@kessai/ledger/tools';

type Entry = ReturnType<SampleDay['market']['ledger']['contents']>[number];

/** What the audit reads, and what has the number of a cycle in its key. */
const seenByAudit = new Set([
  ...['holding', 'supply', 'orders', 'orders-ended', 'pending', 'board', 'board-owners', 'otc'],
  ...['trades', 'trade-status', 'party-trades', 'party-trade-status'],
]);
const ofCycles = new Set(['advice', 'cycle', 'progress', 'sealed']);

/** What a market has come to, as texts by what they are about, but for the numbers and times of cycles. */
export type MarketState = Readonly<Record<string, readonly string[]>>;

/** The collections in which the books of a market stand; instructions are sealed in others. */
export function bookCollections(day: SampleDay): readonly string[] {
  return ['', 'operators', 'board', ...day.members];
}

export function auditOf(day: SampleDay): Audit {
  return audit(day.market.ledger, bookCollections(day));
}

export function stateOf(day: SampleDay, audited: Audit = auditOf(day)): MarketState {
  const { holdings, issued, orders, trades, recorded, boards } = audited;
  const state: Record<string, string[]> = {
    holdings: [...holdings].map(([name, { available, reasons }]) => {
      return [name, available, ...[...reasons].map(([reason, locked]) => `${reason} ${locked}`)].join(' ');
    }),
    issued: [...issued].map(([unit, quantity]) => `${unit} ${quantity}`),
    // The columns of an order that the audit reads name no cycle.
    orders: orders.map((order) => JSON.stringify(order)).sort(),
    trades: trades.map(({ page: _page, number: _number, seller, buyer, ...trade }) =>
      JSON.stringify({ ...trade, seller: { ...seller, line: 0 }, buyer: { ...buyer, line: 0 } }),
    ),
    recorded: recorded.map((trade) => JSON.stringify(trade)),
    boards: boards.map((board) => JSON.stringify(board)),
  };
  for (const collection of bookCollections(day)) {
    for (const entry of day.market.ledger.contents(collection)) {
      const [about, ...texts] = textsOf(entry);
      if (about === undefined) continue;
      const name = `${collection} ${about}`;
      const before = state[name];
      if (before) before.push(...texts);
      else state[name] = texts;
    }
  }
  state['operators trade-cancellations']?.sort();
  return state;
}

interface StoredJournal {
  readonly methods: readonly unknown[];
  readonly balances: readonly unknown[];
  /** Method, id; balance and how it changes; changes of supply. */
  readonly lines: readonly (readonly [number, unknown, readonly (readonly [number, ...unknown[]])[], unknown])[];
}

/** The lines of a page of the journal, with the words that a page says once. */
function journalled({ methods, balances, lines }: StoredJournal): readonly string[] {
  return lines.map(([method, id, changes, supply]) =>
    JSON.stringify([methods[method], id, changes.map(([balance, ...how]) => [balances[balance], ...how]), supply]),
  );
}

const textsBefore = new WeakMap<Entry, readonly string[]>();

/** What a value is about, and its texts: what several cycles have appended is put together. */
function textsOf(entry: Entry): readonly string[] {
  const known = textsBefore.get(entry);
  if (known) return known;
  const [kind = '', owner = ''] = entry.key.split('/');
  let texts: readonly string[];
  if (seenByAudit.has(kind) || ofCycles.has(kind)) texts = [];
  else if (kind === 'journal') {
    texts = [kind, ...journalled(JSON.parse(entry.value) as StoredJournal)];
  } else if (kind === 'ids' || kind === 'ids-tail') {
    const { entries } = JSON.parse(entry.value) as { readonly entries: string };
    // Of each id its hash; the rest is the place where it was used.
    texts = [`ids ${owner}`, ...(entries.match(/.{15}/g) ?? []).map((one) => one.slice(0, 6))];
  } else if (kind === 'captured-ids' || kind === 'captured-ids-tail') {
    const { entries } = JSON.parse(entry.value) as { readonly entries: string };
    // Hashes, without the headings that name their cycles.
    texts = [
      kind.slice(0, 'captured-ids'.length),
      ...(entries.match(/.{6}/g) ?? []).filter((one) => !one.startsWith('!')),
    ];
  } else if (kind === 'trade-cancellations') {
    // By a page and a number on it; of each wish whose it is.
    const { trades } = JSON.parse(entry.value) as { readonly trades: readonly { readonly by: string }[] };
    texts = [kind, ...trades.map(({ by }) => by)];
  } else texts = [entry.key, entry.value.replace(/"(cycle|admittedIn)":\d+|"time":"[^"]*"/g, '')];
  textsBefore.set(entry, texts);
  return texts;
}
