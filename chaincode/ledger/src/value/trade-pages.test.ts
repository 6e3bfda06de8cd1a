import { describe, expect, test } from '@jest/globals';
import { type Codec, FieldError, decodeText, encodeText } from '@kessai/interface';
import fc from 'fast-check';
import { partyLine } from './trade-book';
import { partyLinesCodec, tradesCodec } from './trade-pages';
import { type PartyLine, type Trade, type TradeParty, present } from './trades';

const shinEtsu = 'JP3371200001';
const yen = 'JPY@TrustBankMSP';

type Draft = Omit<Trade, 'seller' | 'buyer'> & Record<'seller' | 'buyer', Omit<TradeParty, 'line'>>;

/** With the numbers that the parties' lines get. */
function numbered(drafts: readonly Draft[]): readonly Trade[] {
  const next = new Map<string, number>();
  const lineOf = <P extends Draft['seller']>(party: P): P & TradeParty => {
    const line = next.get(party.institution) ?? 0;
    next.set(party.institution, line + 1);
    return { ...party, line };
  };
  return drafts.map((draft) => {
    const seller = lineOf(draft.seller);
    return { ...draft, seller, buyer: lineOf(draft.buyer) };
  });
}

const ids = fc.constantFrom('o-1', 'o-2', 'match-1', 't.3');
const value = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
const party = fc
  .record({
    institution: fc.constantFrom('AlphaMSP', 'BetaMSP'),
    account: maybe(fc.constantFrom('A-1', 'A-2', 'B-1')),
    orderId: maybe(ids),
    reserved: maybe(fc.oneof(value, fc.constant(0n))),
  })
  .map(({ institution, ...rest }) => ({ institution, ...present(rest) }));
const trade = fc
  .record({
    origin: fc.constantFrom('board', 'otc', 'captured'),
    isin: fc.constantFrom(shinEtsu, 'JP3190000004'),
    quantity: value,
    price: maybe(value),
    amount: value,
    unit: fc.constant(yen),
    seller: party,
    buyer: party,
    recordedBy: maybe(fc.constantFrom('AlphaMSP', 'BetaMSP')),
    tradeId: maybe(ids),
    tradeDate: fc.constantFrom('2023-03-01', '2023-03-02'),
    rejectionReason: maybe(fc.constantFrom('wrong price', '取消')),
  })
  .map(
    ({ price, recordedBy, tradeId, rejectionReason, ...rest }) =>
      ({ ...rest, ...present({ price, recordedBy, tradeId, rejectionReason }) }) as unknown as Draft,
  );
const trades = fc.array(trade, { maxLength: 12 }).map(numbered);

const plain: Draft = {
  ...{ origin: 'board', isin: shinEtsu, quantity: 100n, price: 42_575n, amount: 425_750n, unit: yen },
  ...{ tradeDate: '2023-03-01', tradeId: 'o-2' },
  seller: { institution: 'AlphaMSP', account: 'A-1', orderId: 'o-1', reserved: 100n },
  buyer: { institution: 'BetaMSP', account: 'B-1', orderId: 'o-2', reserved: 425_750n },
} as unknown as Draft;

function refusalOf<T>(codec: Codec<T>, text: string): readonly [string, string] | undefined {
  try {
    decodeText(codec, text);
    return undefined;
  } catch (error) {
    if (error instanceof FieldError) return [error.code, error.field];
    throw error;
  }
}

describe('A page of trades', () => {
  test('reads back as it was written, whatever the trades have in common and leave out', () => {
    fc.assert(
      fc.property(trades, (lines) => {
        const text = encodeText(tradesCodec, { lines });
        expect(decodeText(tradesCodec, text)).toEqual({ lines });
        expect(encodeText(tradesCodec, decodeText(tradesCodec, text))).toBe(text);
      }),
    );
  });

  test("a party's page does too", () => {
    fc.assert(
      fc.property(trades, fc.constantFrom('sell' as const, 'buy' as const), (of, side) => {
        const lines = of.map((one): PartyLine => partyLine(one, side));
        const text = encodeText(partyLinesCodec, { lines });
        expect(decodeText(partyLinesCodec, text)).toEqual({ lines });
        expect(encodeText(partyLinesCodec, decodeText(partyLinesCodec, text))).toBe(text);
      }),
    );
  });

  test('what many trades have in common is said once', () => {
    const lines = numbered(Array.from({ length: 1_000 }, () => plain));
    const text = encodeText(tradesCodec, { lines });
    expect(text.length / 1_000).toBeLessThan(65);
    expect(text.match(new RegExp(shinEtsu, 'g'))).toHaveLength(1);
    const ofParty = encodeText(partyLinesCodec, { lines: lines.map((one) => partyLine(one, 'sell')) });
    expect(ofParty.length / 1_000).toBeLessThan(45);
  });

  test("a party's lines are numbered in the order of the page, and not otherwise", () => {
    const [first] = numbered([plain]);
    if (!first) throw new Error('There is one');
    const skipping = { ...first, seller: { ...first.seller, line: 1 } };
    expect(() => encodeText(tradesCodec, { lines: [skipping] })).toThrow('numbered in the order of the page');
  });

  const stored = encodeText(tradesCodec, { lines: numbered([plain, plain]) });
  test.each([
    ['terms that the page does not have', '[[0,', '[[7,', ['FieldOutOfRange', '']],
    ['a party that it does not have', '1,"o-2"', '9,"o-2"', ['FieldOutOfRange', '']],
    ['the id of a line above the first', '"425750",3,', '"425750",1,', ['FieldOutOfRange', '']],
    ['an id that is no reference', '"425750",3,', '"425750",4,', ['FieldOutOfRange', 'lines[0][4]']],
    ['a quantity that is a number', '"100","42575"', '100,"42575"', ['FieldType', 'lines[0][1]']],
    ['more than a line has', '[[0,', '[[0,0,', ['FieldMalformed', 'lines[0]']],
    ['a field that is not there', '{"lines"', '{"x":1,"lines"', ['FieldUnknown', 'x']],
  ])('it is refused where it has %s', (_, before, after, refused) => {
    expect(stored).toContain(before);
    expect(refusalOf(tradesCodec, stored)).toBeUndefined();
    expect(refusalOf(tradesCodec, stored.replace(before, after))).toEqual(refused);
  });
});
