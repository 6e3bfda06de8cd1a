import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { snapshots, status, whyNoFabric } from '@kessai/network';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { marketTopology } from '../support/market-topology';
import { until } from '../support/until';
import { kessai, processesOf } from './kessai-process';
import { type SignalledCommand, SignalledNetwork, nightly } from './signalled-network';

const LIMIT_MS = nightly ? 7_200_000 : 400_000;

const topology = marketTopology([
  { mspId: 'ExchangeMSP', name: 'Exchange', role: 'operator' },
  { mspId: 'CsdMSP', name: 'Depository', role: 'operator' },
  { mspId: 'ClearingMSP', name: 'Clearing', role: 'operator' },
  { mspId: 'AlphaMSP', name: 'Alpha', role: 'institution' },
]);

const nodes = 12;
const runs = ({ standing }: SignalledNetwork): boolean => standing.running === nodes;
const own =
  (...words: readonly string[]) =>
  (directory: string) => [...words, '--dir', directory];

const missing = whyNoFabric();
const title = `commands of a native network that are told to end${missing === undefined ? '' : ` (not run: ${missing.message})`}`;

(missing === undefined ? describe : describe.skip)(title, () => {
  let place: SignalledNetwork;

  beforeAll(() => {
    place = new SignalledNetwork(['--engine', 'native', '--topology', 'market.yaml']);
    writeFileSync(join(place.parent, 'market.yaml'), topology);
  });

  afterAll(async () => {
    await place.remove();
  }, LIMIT_MS);

  const commands: Readonly<Record<string, SignalledCommand>> = {
    'up leaves no process that it does not name': { on: 'stopped', words: own('up'), done: runs },
    'snapshot does not leave the market without its chaincode': {
      on: 'running',
      words: own('snapshot', 'taken'),
      again: async ({ directory, where }) => kessai(own('snapshot', 'taken', '--remove')(directory), where),
      done: (at) => runs(at) && snapshots({ directory: at.directory }).some(({ name }) => name === 'taken'),
    },
    'snapshot of a market that goes on leaves every node as it was': {
      on: 'running',
      words: own('snapshot', 'taken', '--running'),
      again: async ({ directory, where }) => kessai(own('snapshot', 'taken', '--remove')(directory), where),
      done: (at) => runs(at) && snapshots({ directory: at.directory }).some(({ name }) => name === 'taken'),
    },
  };

  test.each(Object.entries(commands).map(([name, command], turn) => ({ name, command, turn })))(
    '$name',
    async ({ command, turn }) => place.strikeThroughout(command, turn),
    LIMIT_MS,
  );

  test(
    'status does not exit as if all were well while a node is gone: code 3, and up brings it back',
    async () => {
      await place.bringTo('running');
      const asked = async (): Promise<unknown> => {
        const { code, out } = await kessai(own('status', '--json')(place.directory), place.where);
        return { code, ...JSON.parse(out) };
      };
      expect(await asked()).toMatchObject({ code: 0, state: 'running' });
      const node = 'peer0.alpha.market.example';
      const { nodes: running } = await status({ directory: place.directory });
      const pid = running?.[node] ?? undefined;
      if (pid === undefined) throw new Error(`${node} does not run`);
      process.kill(pid, 'SIGKILL');
      await until(
        LIMIT_MS,
        'its end to be seen',
        async () => (await status({ directory: place.directory })).state !== 'running',
      );
      expect(await asked()).toMatchObject({ code: 3, state: 'degraded', nodes: { [node]: null } });
      await place.must('up');
      expect(await asked()).toMatchObject({ code: 0, state: 'running' });
    },
    LIMIT_MS,
  );

  test.each(nightly ? [4_000, 12_000, 20_000, 40_000] : [15_000])(
    'bench, told to end after %i ms, leaves neither a process nor a folder',
    async (atMs) => {
      await place.bringTo('stopped');
      const ended = await kessai(['bench', 'instruct-1', '--rounds', '9'], place.where, [{ signal: 'SIGINT', atMs }]);
      expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('Interrupted by SIGINT.') });
      expect(readdirSync(place.where.temporary)).toEqual([]);
      expect(await processesOf(place.where.temporary)).toEqual([]);
    },
    LIMIT_MS,
  );
});
