import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addOrganisation, deployMarket, down, exportProfile, status, up } from '../../operations';
import { isRunning } from '../../directory/process-identity';
import { Notes, NOTES_CHAINCODE } from '../../operations/testing/notes-chaincode';
import { PlainMarket, smallTopology } from '../../operations/testing/plain-market';
import { newOrganisation } from '../../topology';
import type { Topology } from '../../topology';
import { whyNoFabric } from './fabric-programs';

// What is said here of real peers is what the embedded engine's own tests say of it.
const LIMIT_MS = 120_000;
const [VALID, ENDORSEMENT_POLICY_FAILURE] = [0, 10];
const OPERATORS = ['ExchangeMSP', 'CsdMSP'];
const SCHEDULERS = ['scheduler.csd.market.example', 'scheduler.exchange.market.example'];
const missing = whyNoFabric();

const small = smallTopology();
const omega = newOrganisation({ mspId: 'OmegaMSP', name: 'Omega', role: 'issuer', hostedBy: 'CsdMSP' }, small);
const topology: Topology = { ...small, organisations: [...small.organisations, omega] };

let parent: string;
let directory: string;
let request: Parameters<typeof up>[0];
const notes = new Notes(new PlainMarket(() => directory, topology));

const title = `inboxes of real Fabric${missing === undefined ? '' : ` (not run: ${missing.message})`}`;

(missing === undefined ? describe : describe.skip)(title, () => {
  beforeAll(async () => {
    parent = mkdtempSync(join(tmpdir(), 'kessai-inboxes-'));
    directory = join(parent, 'network');
    const chaincodeProgram = join(parent, 'notes.js');
    const program = join(parent, 'scheduler.js');
    writeFileSync(chaincodeProgram, NOTES_CHAINCODE);
    writeFileSync(program, 'setInterval(() => undefined, 1000);');
    request = { engine: 'native', directory, topology, chaincodeProgram, schedulers: { program } };
    await up(request);
    await deployMarket({ directory });
  }, LIMIT_MS);

  afterAll(async () => {
    await down({ directory });
    rmSync(parent, { recursive: true, force: true });
  }, LIMIT_MS);

  test('are written with the endorsement of the owner’s peer, or of its host’s, and of nobody else', async () => {
    expect(await notes.write('AlphaMSP', ['AlphaMSP'], 'confide', 'AlphaMSP_inbox', 'k')).toBe(VALID);
    expect(await notes.write('OmegaMSP', ['CsdMSP'], 'confide', 'OmegaMSP_inbox', 'k')).toBe(VALID);
    expect(await notes.write('CsdMSP', ['CsdMSP'], 'confide', 'CsdMSP_inbox', 'k')).toBe(VALID);
    for (const operator of OPERATORS) {
      expect(await notes.read(operator, 'confided', 'AlphaMSP_inbox', 'k')).toBe('of AlphaMSP');
      expect(await notes.read(operator, 'confided', 'OmegaMSP_inbox', 'k')).toBe('of OmegaMSP');
    }
    expect(await notes.read('OmegaMSP', 'confided', 'OmegaMSP_inbox', 'k')).toBe('of OmegaMSP');
    const code = await notes.write('ExchangeMSP', OPERATORS, 'confide', 'AlphaMSP_inbox', 'forged');
    expect(code).toBe(ENDORSEMENT_POLICY_FAILURE);
  }, 60_000);

  test('let nothing else through: neither public keys, nor other collections, nor others’ inboxes', async () => {
    const alone: readonly (readonly [string, string])[] = [
      ['both', 'AlphaMSP_inbox'],
      ['confide', 'AlphaMSP'],
      ['confide', 'BetaMSP_inbox'],
      ['confide', 'OmegaMSP_inbox'],
      ['confide', 'operators'],
    ];
    for (const [name, collection] of alone) {
      const code = await notes.write('AlphaMSP', ['AlphaMSP'], name, collection, 'smuggled');
      expect({ name, collection, code }).toEqual({ name, collection, code: ENDORSEMENT_POLICY_FAILURE });
    }
  }, 60_000);

  test('a network knows its schedulers apart from its nodes, and starts those that have died', async () => {
    const { state, nodes, schedulers } = await status({ directory });
    expect({ state, schedulers: Object.keys(schedulers ?? {}).sort() }).toEqual({
      state: 'running',
      schedulers: SCHEDULERS,
    });
    expect(Object.keys(nodes ?? {})).toHaveLength(12);
    const [first = '', second = ''] = SCHEDULERS;
    process.kill(schedulers?.[first] ?? 0, 'SIGKILL');
    expect(await status({ directory })).toMatchObject({ state: 'degraded', schedulers: { [first]: null } });
    const again = await up(request);
    expect(again).toMatchObject({ state: 'started', schedulers: { [second]: schedulers?.[second] } });
    expect(isRunning(again.schedulers?.[first] ?? 0)).toBe(true);
  }, 60_000);

  test(
    'a hosted organisation joins while the others serve, without a process of its own',
    async () => {
      const { nodes } = await status({ directory });
      const added = await addOrganisation({
        directory,
        organisation: (known) => newOrganisation({ mspId: 'SigmaMSP', name: 'Sigma', hostedBy: 'ExchangeMSP' }, known),
      });
      expect(added).toMatchObject({ state: 'added', started: [], chaincode: { state: 'committed', sequence: 2 } });
      expect(added.peer).toBe(exportProfile({ directory, mspId: 'SigmaMSP' }).endpoint);
      expect((await status({ directory })).nodes).toEqual(nodes);
      expect(await notes.read('SigmaMSP', 'caller')).toBe('SigmaMSP');
      expect(await notes.write('SigmaMSP', ['ExchangeMSP'], 'confide', 'SigmaMSP_inbox', 'k')).toBe(VALID);
    },
    LIMIT_MS,
  );
});
