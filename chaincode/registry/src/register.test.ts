import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject, Phase } from '@kessai/interface';
import type { Posting } from '@kessai/ledger';
import {
  MemoryMarket,
  SamplePostings,
  foundSampleMarket,
  placeInstrument,
  position,
  sampleTerms,
} from '@kessai/ledger/tools';
import { registry } from './index';

const isin = 'JP3371200001';

interface Answer extends JsonObject {
  readonly asOf: string;
  readonly final: boolean;
  readonly total: string;
  readonly rows: readonly { institution: string; account: string; name: string; quantity: string; locked: string }[];
}

let market: MemoryMarket;
let postings: SamplePostings;
let sequence: number;

beforeEach(async () => {
  postings = new SamplePostings();
  market = new MemoryMarket({
    definitions: postings.definitions,
    contracts: { Registry: registry, ...postings.contracts },
  });
  sequence = 0;
  await foundSampleMarket(market);
  placeInstrument(market.ledger);
  await open('IssuerMSP', 'TREASURY', 'Treasury shares');
  await open('AlphaMSP', 'A-1', 'Yamada Hanako');
  await open('AlphaMSP', 'A-2', 'Suzuki Ichiro');
  await open('BetaMSP', 'B-1', 'Tanaka Jiro');
  await advance('2023-03-01', 'open');
});

async function open(institution: string, account: string, name: string): Promise<void> {
  await market.submit(institution, 'Registry:OpenAccount', { account, name, kind: 'client' });
}

/** Answers the time of the cycle that advanced it. */
async function advance(businessDate: string, phase: Phase): Promise<string> {
  expect(await market.submit('CsdMSP', 'Registry:AdvanceClock', { from: sequence, businessDate, phase })).toEqual({
    outcome: 'created',
  });
  sequence += 1;
  const { time } = (await market.evaluate('CsdMSP', 'Registry:Clock')) as { time: string };
  return time;
}

type Account = readonly [institution: string, account: string];
const treasury: Account = ['IssuerMSP', 'TREASURY'];
const hanako: Account = ['AlphaMSP', 'A-1'];
const ichiro: Account = ['AlphaMSP', 'A-2'];
const jiro: Account = ['BetaMSP', 'B-1'];

function line([institution, account]: Account, change: bigint, part: 'available' | 'pledge' = 'available'): Posting {
  return { position: position(institution, account), part, change, field: 'quantity' };
}

/** Answers the time of the cycle; `ahead` is by how much the clock of its scheduler runs ahead. */
async function post(lines: readonly Posting[], ahead = 0): Promise<string> {
  const { method, request } = postings.instruction(lines);
  market.wait(ahead);
  expect(await market.submit('IssuerMSP', method, request)).toEqual({ outcome: 'created' });
  market.wait(-ahead);
  const { time } = (await market.evaluate('CsdMSP', 'Market:Progress')) as { time: string };
  return time;
}

const issue = (quantity: bigint): Promise<string> =>
  post([{ supply: sampleTerms, change: -quantity }, line(treasury, quantity)]);
const move = (from: Account, to: Account, quantity: bigint, ahead = 0): Promise<string> =>
  post([line(from, -quantity), line(to, quantity)], ahead);

async function register(caller: string, request: JsonObject = {}): Promise<Answer> {
  return (await market.evaluate(caller, 'Registry:Register', { isin, ...request })) as Answer;
}

async function quantities(request: JsonObject = {}): Promise<Readonly<Record<string, string>>> {
  const { rows } = await register('AuditorMSP', request);
  return Object.fromEntries(rows.map(({ account, quantity }) => [account, quantity]));
}

describe('who sees the register', () => {
  const all = [
    { institution: 'AlphaMSP', account: 'A-1', name: 'Yamada Hanako', quantity: '300', locked: '100' },
    { institution: 'AlphaMSP', account: 'A-2', name: 'Suzuki Ichiro', quantity: '200', locked: '0' },
    { institution: 'BetaMSP', account: 'B-1', name: 'Tanaka Jiro', quantity: '100', locked: '0' },
    { institution: 'IssuerMSP', account: 'TREASURY', name: 'Treasury shares', quantity: '400', locked: '0' },
  ];
  beforeEach(async () => {
    await issue(1_000n);
    await move(treasury, hanako, 300n);
    await move(treasury, ichiro, 200n);
    await move(treasury, jiro, 100n);
    await post([line(hanako, -100n), line(hanako, 100n, 'pledge')]);
  });

  test.each(['ExchangeMSP', 'AuditorMSP', 'IssuerMSP'])('%s sees all of it, and the supply', async (caller) => {
    const now = market.now;
    expect(await register(caller)).toEqual({ isin, asOf: now, final: false, total: '1000', issued: '1000', rows: all });
  });

  test('an institution sees its own clients and no supply', async () => {
    const now = market.now;
    expect(await register('AlphaMSP')).toEqual({ isin, asOf: now, final: false, total: '500', rows: all.slice(0, 2) });
    expect((await register('BetaMSP')).rows).toEqual(all.slice(2, 3));
  });

  test('what holds live holds as of now', async () => {
    for (const caller of ['ExchangeMSP', 'IssuerMSP', 'AlphaMSP', 'BetaMSP']) {
      const asOf = market.now;
      expect(await register(caller, { asOf })).toEqual({ ...(await register(caller)), asOf });
    }
  });

  test('a bank has no business there, an unknown instrument no register', async () => {
    expect(await market.evaluate('TrustBankMSP', 'Registry:Register', { isin })).toMatchObject({
      code: 'RoleNotAllowed',
    });
    expect(await market.evaluate('CsdMSP', 'Registry:Register', { isin: 'JP3190000004' })).toEqual({
      code: 'InstrumentUnknown',
      field: 'isin',
      isin: 'JP3190000004',
    });
  });

  test('who sold all is no owner any more', async () => {
    await move(jiro, ichiro, 100n);
    expect((await register('BetaMSP')).rows).toEqual([]);
  });
});

describe('the register as of an instant', () => {
  test('holds what was posted up to it', async () => {
    const issued = await issue(1_000n);
    const allotted = await move(treasury, hanako, 300n);
    const justBefore = new Date(Date.parse(allotted) - 1).toISOString();
    await move(hanako, jiro, 50n);

    expect(await quantities({ asOf: '2023-03-01T00:00:00.000Z' })).toEqual({});
    expect(await quantities({ asOf: issued })).toEqual({ TREASURY: '1000' });
    expect(await quantities({ asOf: justBefore })).toEqual({ TREASURY: '1000' });
    expect(await quantities({ asOf: allotted })).toEqual({ TREASURY: '700', 'A-1': '300' });
    expect(await quantities()).toEqual({ TREASURY: '700', 'A-1': '250', 'B-1': '50' });
  });

  test('is final once a cycle is dated later', async () => {
    const issued = await issue(1_000n);
    expect(await register('CsdMSP', { asOf: issued })).toMatchObject({ final: false });

    // The next cycle may be dated at the very same instant.
    const next = await advance('2023-03-01', 'open');
    expect(await register('CsdMSP', { asOf: issued })).toMatchObject({ final: true });
    expect(await register('CsdMSP', { asOf: next })).toMatchObject({ final: false });
  });

  test('has all of a cycle or nothing of it, and what two cycles of one instant did', async () => {
    await issue(1_000n);
    market.seal('IssuerMSP', [
      postings.instruction([line(treasury, -300n), line(hanako, 300n)]),
      postings.instruction([line(hanako, -100n), line(jiro, 100n)]),
    ]);
    const dated = market.now;
    await market.cycle();
    const before = new Date(Date.parse(dated) - 1).toISOString();
    expect(await quantities({ asOf: before })).toEqual({ TREASURY: '1000' });
    expect(await quantities({ asOf: dated })).toEqual({ TREASURY: '700', 'A-1': '200', 'B-1': '100' });

    market.wait(-60_000);
    expect(await move(jiro, ichiro, 100n)).toBe(dated);
    expect(await quantities({ asOf: dated })).toEqual({ TREASURY: '700', 'A-1': '200', 'A-2': '100' });
  });

  test('follows the order of cycles where a scheduler’s clock runs ahead: no sale without its purchase', async () => {
    await issue(1_000n);
    const bought = await move(treasury, hanako, 300n, 60_000);
    const sold = await move(hanako, jiro, 300n);
    expect(sold).toBe(bought);

    // A query may be asked by a clock that is right, and is behind then.
    expect(Date.parse(market.now)).toBeLessThan(Date.parse(sold));
    expect(await register('CsdMSP')).toMatchObject({ asOf: sold, final: false });
    expect(await quantities({ asOf: sold })).toEqual({ TREASURY: '700', 'B-1': '300' });
    const before = new Date(Date.parse(sold) - 1).toISOString();
    expect(await quantities({ asOf: before })).toEqual({ TREASURY: '1000' });
  });

  test('costs no more when the market has a long past before its snapshot', async () => {
    await issue(1_000n);
    const cost = async (): Promise<number> => {
      await advance(`2023-03-${day(sequence)}`, 'closed');
      await market.submit('CsdMSP', 'Registry:Snapshot', { isin });
      const asOf = await advance(`2023-03-${day(sequence)}`, 'open');
      const before = market.ledger.scanned;
      await quantities({ asOf });
      return market.ledger.scanned - before;
    };
    const early = await cost();
    for (let i = 0; i < 100; i += 1) {
      await move(treasury, hanako, 1n);
      await move(hanako, treasury, 1n);
    }
    const late = await cost();
    // Two of the headers, one for each day; the rest is what stands in the snapshot.
    expect(late - early).toBeLessThanOrEqual(2);
  });

  test('does not build on a snapshot that is not complete', async () => {
    await issue(1_000n);
    await move(treasury, hanako, 300n);
    await advance('2023-03-01', 'closed');
    await market.submit('CsdMSP', 'Registry:Snapshot', { isin, institutions: ['AlphaMSP'] });
    const later = await advance('2023-03-02', 'open');
    expect(await quantities({ asOf: later })).toEqual({ TREASURY: '700', 'A-1': '300' });
  });

  test('finds the last snapshot over a gap of months', async () => {
    await issue(1_000n);
    await advance('2023-03-01', 'closed');
    await market.submit('CsdMSP', 'Registry:Snapshot', { isin });
    market.wait(200 * 86_400_000);
    await advance('2023-09-18', 'open');
    await move(treasury, hanako, 10n);
    const before = market.ledger.scanned;
    expect(await quantities({ asOf: market.now })).toEqual({ TREASURY: '990', 'A-1': '10' });
    // The header, the page, two journal pages of the transfer, four accounts: not the issue.
    expect(market.ledger.scanned - before).toBeLessThanOrEqual(8);
  });
});

/** Two sequences a day, the first being the opening of 1 March. */
function day(next: number): string {
  return (1 + Math.floor(next / 2)).toString().padStart(2, '0');
}
