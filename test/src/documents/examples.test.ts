import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type DevelopmentNetwork, startDevelopmentNetwork } from '@kessai/cli';
import { type Market, connect } from '@kessai/gateway-client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { root } from './packed';

// The programs as they are compiled here: `@kessai/gateway-client` is the package of this checkout, as it is the installed one elsewhere.
const programs = join(root, 'examples', 'dist');
const LIMIT_MS = 120_000;
const isin = 'JP3371200001';

let network: DevelopmentNetwork;
let directory: string;

beforeAll(async () => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'kessai-examples-')));
  network = await startDevelopmentNetwork();
}, LIMIT_MS);

afterAll(async () => {
  await network.stop();
  rmSync(directory, { recursive: true, force: true });
}, LIMIT_MS);

function profile(mspId: string): string {
  const file = join(directory, `${mspId}.json`);
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(network.profile(mspId)), { mode: 0o600 });
  return file;
}

async function run(program: string, ...args: readonly string[]): Promise<readonly string[]> {
  const file = join(programs, `${program}.js`);
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], {
    cwd: directory,
    timeout: LIMIT_MS,
  });
  return stdout.trimEnd().split('\n');
}

async function as<T>(mspId: string, act: (market: Market) => Promise<T>): Promise<T> {
  await using market = await connect(network.profile(mspId));
  return await act(market);
}

test('every example is run here, and imports nothing but the SDK and Node.js', () => {
  const sources = readdirSync(join(root, 'examples', 'src'));
  expect(sources.sort()).toEqual(['dividend.ts', 'listener.ts', 'orders.ts', 'otc.ts', 'statement.ts']);
  for (const source of sources) {
    const text = readFileSync(join(root, 'examples', 'src', source), 'utf8');
    const imported = [...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name ?? '');
    expect(imported.filter((name) => name !== '@kessai/gateway-client' && !name.startsWith('node:'))).toEqual([]);
  }
});

describe('the programs, on one market', () => {
  test(
    'orders: the one that meets another is filled, the others are cancelled when the time is up, and nothing is placed twice',
    async () => {
      await as('BetaMSP', (beta) =>
        beta.orders.place({
          ...{ orderId: 'ASK-1', isin, side: 'sell', account: 'B-2003' },
          ...{ quantity: 100n, price: 21_150n, timeInForce: 'day' },
        }),
      );
      const lines = await run('orders', profile('AlphaMSP'), 'A-1003', isin, '1');
      expect(lines).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/-1 created$/),
          expect.stringMatching(/-1 filled, 0 left$/),
          expect.stringMatching(/-2 cancelled, 100 left$/),
          expect.stringMatching(/-3 cancelled, 100 left$/),
        ]),
      );
    },
    LIMIT_MS,
  );

  test(
    'otc: recorded by one side, affirmed by the other, settled',
    async () => {
      const parties = [profile('AlphaMSP'), 'A-1003', profile('BetaMSP'), 'B-2003', 'OTC-EXAMPLE'];
      const lines = await run('otc', ...parties);
      expect(lines).toEqual(
        expect.arrayContaining([
          `buyer: AlphaMSP alleges 500 of ${isin} for 10575000`,
          'buyer: affirmed',
          'seller: the trade is settled',
        ]),
      );
    },
    LIMIT_MS,
  );

  test(
    'listener: killed and started again, it has each cycle once and leaves none out',
    async () => {
      const file = join(directory, 'advices.jsonl');
      const cycles = (): readonly number[] =>
        existsSync(file)
          ? readFileSync(file, 'utf8')
              .trimEnd()
              .split('\n')
              .map((line) => (JSON.parse(line) as { readonly cycle: number }).cycle)
          : [];
      const open = (number: number) =>
        as('AlphaMSP', (alpha) =>
          alpha.registry.openAccount({ account: `NEW-${number.toString()}`, name: 'A client', kind: 'client' }),
        );
      const until = async (cycle: number): Promise<void> => {
        while (!cycles().includes(cycle)) await pause(50);
      };
      for (const [round, signal] of (['SIGKILL', 'SIGTERM'] as const).entries()) {
        const listener = listen(file);
        const { cycle } = await open(round);
        await until(cycle);
        await ended(listener, signal);
        // What happens while it is not there is told afterwards.
        await open(round + 10);
      }
      const listener = listen(file);
      const { cycle } = await open(20);
      await until(cycle);
      await ended(listener, 'SIGINT');
      const told = await as('AlphaMSP', async (alpha) => {
        const seen: number[] = [];
        for await (const page of alpha.advices.follow({ from: 0 })) {
          if (page.advices.length + page.postings.length > 0) seen.push(page.cycle);
          if (page.cycle === cycle) break;
        }
        return seen;
      });
      expect(cycles()).toEqual(told);
    },
    LIMIT_MS,
  );

  test(
    'statement: a line for each change, each balance the one before with its change',
    async () => {
      const [head = '', ...lines] = await run('statement', profile('AlphaMSP'), 'A-1003', '2023-03-31');
      const columns = head.split(',');
      expect(columns.slice(0, 3)).toEqual(['businessDate', 'time', 'cycle']);
      const rows = lines.map((line) =>
        Object.fromEntries(line.split(',').map((value, at) => [columns[at] ?? '', value])),
      );
      expect(rows.length).toBeGreaterThan(3);
      const balances = new Map<string, bigint>();
      for (const { unit = '', change = '', balance = '', transactionId = '' } of rows) {
        expect(BigInt(balance)).toBe((balances.get(unit) ?? 0n) + BigInt(change));
        expect(transactionId).toMatch(/^[0-9a-f]{64}$/);
        balances.set(unit, BigInt(balance));
      }
      const held = await as('AlphaMSP', (alpha) => alpha.registry.holdings({ account: 'A-1003' }));
      for (const { unit, available, locks } of held.holdings) {
        const total = locks.reduce((sum, { quantity }) => sum + quantity, available);
        expect([unit, balances.get(unit)]).toEqual([unit, total]);
      }
    },
    LIMIT_MS,
  );

  test(
    'dividend: announced, kept, paid: 20 yen for each share that the issuer does not hold itself',
    async () => {
      const lines = await run('dividend', profile('ShinEtsuMSP'), profile('CsdMSP'), 'DIVIDEND-EXAMPLE');
      expect(lines[0]).toBe('announced for the register at the end of 2023-04-03');
      expect(lines.at(-1)).toMatch(/^completed: 9600000 to [0-9]+ holders$/);
      expect(lines).toContainEqual(expect.stringMatching(/^AlphaMSP A-1001: 300000 for 15000$/));
    },
    LIMIT_MS,
  );
});

function listen(file: string): ChildProcess {
  return spawn(process.execPath, [join(programs, 'listener.js'), profile('AlphaMSP'), file], { stdio: 'ignore' });
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exit;
}
