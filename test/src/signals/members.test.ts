import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { kessai, toldCommands, typed } from './kessai-process';
import { SignalledNetwork, nightly, signals } from './signalled-network';

const LIMIT_MS = nightly ? 3_600_000 : 200_000;

/** So many need several submissions, or several parts of a file. */
const many = nightly ? 3_000 : 1_200;
const moments = nightly ? Array.from({ length: 10 }, (_, moment) => (moment + 0.5) / 10) : [0.4];
const from = { institution: 'BetaMSP', account: 'B-2002' };
const to = { institution: 'AlphaMSP', account: 'A-1001' };

let place: SignalledNetwork;

/** What an organisation is told. */
async function answer(method: string, as: string, request: object): Promise<unknown> {
  const words = ['call', method, '--as', as, '--request', JSON.stringify(request), '--json', '--dir', place.directory];
  const { code, out, err } = await kessai(words, place.where);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

/** A file of a member that a command sends, and what is there of it afterwards. */
interface Sent {
  readonly file: string;
  readonly text: (run: string) => string;
  readonly words: readonly string[];
  /** How much of all that was ever sent has been taken. */
  readonly taken: () => Promise<number>;
}

const sent: Readonly<Record<string, Sent>> = {
  'instruct pays each payment of its file once': {
    file: 'payments.jsonl',
    text: (run) =>
      numbered((number) =>
        JSON.stringify({
          method: 'MoneyTokens:Transfer',
          request: { id: `${run}-${number}`, unit: 'JPY@TrustBankMSP', from: from.account, to, amount: '1' },
        }),
      ),
    words: ['instruct', '--as', from.institution],
    taken: async () => {
      const held = (await answer('Registry:Holdings', to.institution, { account: to.account })) as {
        readonly holdings: readonly { readonly unit: string; readonly available: string }[];
      };
      return Number(held.holdings.find(({ unit }) => unit === 'JPY@TrustBankMSP')?.available);
    },
  },
  'trades capture records each trade of its file once': {
    file: 'trades.csv',
    text: (run) => {
      const columns = 'tradeId,time,isin,quantity,price,seller,sellerAccount,buyer,buyerAccount\n';
      const parties = [from.institution, from.account, to.institution, to.account].join(',');
      const time = '2023-03-31T00:30:00.000Z';
      return columns + numbered((number) => `${run}-${number},${time},JP3371200001,100,21150,${parties}`);
    },
    words: ['trades', 'capture', '--as', 'ExchangeMSP'],
    taken: async () => {
      let count = 0;
      for (let page: number | undefined = 0; page !== undefined;) {
        const { trades, next } = (await answer('Orders:Trades', to.institution, { from: page })) as {
          readonly trades: readonly { readonly origin: string }[];
          readonly next?: number;
        };
        count += trades.filter(({ origin }) => origin === 'captured').length;
        page = next;
      }
      return count;
    },
  },
};

function numbered(line: (number: string) => string): string {
  return Array.from({ length: many }, (_, index) => `${line(index.toString())}\n`).join('');
}

beforeAll(async () => {
  place = new SignalledNetwork(['--sample']);
  await place.bringTo('running');
}, LIMIT_MS);

afterAll(async () => {
  await place.remove();
}, LIMIT_MS);

describe('a file of instructions whose sending is cut off, and begun again by the command that is told', () => {
  test.each(Object.entries(sent).map(([name, one]) => ({ name, ...one })))(
    '$name',
    async ({ file, text, words, taken }) => {
      const path = join(place.parent, file);
      const [first = '', ...more] = words;
      const line = [first, ...more, path, '--dir', place.directory];
      let run = 0;
      const write = (): void => {
        run += 1;
        writeFileSync(path, text(`RUN-${run.toString()}`));
      };

      const before = await taken();
      write();
      const whole = await kessai(line, place.where);
      expect(whole.code).toBe(0);
      expect(await taken()).toBe(before + many);

      for (const [index, moment] of moments.entries()) {
        const signal = signals[index % signals.length] ?? 'SIGINT';
        const had = await taken();
        write();
        const ended = await kessai(line, place.where, [{ signal, atMs: whole.elapsedMs * moment }]);
        expect(await taken()).toBeLessThanOrEqual(had + many);
        // On a machine that has become quicker it was done before. On a slower one it had not come to take signals: nothing was begun.
        if (ended.code === null) {
          expect([ended.err, await taken()]).toEqual(['', had]);
          expect(await kessai(line, place.where)).toMatchObject({ code: 0 });
        } else if (ended.code !== 0) {
          expect(ended).toMatchObject({ code: 1, err: expect.stringContaining(`Interrupted by ${signal}.`) });
          const again = toldCommands(ended.err).get('complete it') ?? '';
          expect(await typed(again, place.where)).toMatchObject({ code: 0 });
        }
        expect(await taken()).toBe(had + many);
      }
    },
    LIMIT_MS,
  );
});
