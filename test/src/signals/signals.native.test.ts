import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { snapshots, whyNoFabric } from '@kessai/network';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { kessai, processesOf } from './kessai-process';
import { type SignalledCommand, SignalledNetwork, nightly } from './signalled-network';

const LIMIT_MS = nightly ? 7_200_000 : 400_000;

const topology = `
channel: market
chaincode:
  name: market
  version: '1'
  endorsement: { outOf: 2, role: operator }
collections:
  own: { roles: [institution], readers: [operator] }
  shared:
    - { name: operators, roles: [operator] }
    - { name: board, roles: [operator, institution] }
users:
  - { name: admin, kind: admin }
  - { name: user1, kind: client }
organisations:
  - { mspId: ExchangeMSP, name: Exchange, role: operator, domain: exchange.market.example, peer: {}, orderer: {} }
  - { mspId: CsdMSP, name: Depository, role: operator, domain: csd.market.example, peer: {}, orderer: {} }
  - { mspId: ClearingMSP, name: Clearing, role: operator, domain: clearing.market.example, peer: {}, orderer: {} }
  - { mspId: AlphaMSP, name: Alpha Securities, role: institution, domain: alpha.market.example, peer: {}, orderer: {} }
`;

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
