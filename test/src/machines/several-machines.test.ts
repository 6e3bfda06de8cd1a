import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommand } from '@kessai/cli';
import { type Market, connect } from '@kessai/gateway-client';
import {
  deployMarket,
  down,
  exportProfile,
  parseTopology,
  renewCertificates,
  status,
  up,
  upgradeMarket,
  whyNoFabric,
} from '@kessai/network';
import { marketTopology } from '../support/market-topology';
import { approved, randomSecret, tradeDate } from '../support/market-network';
import { Schedulers } from '../support/schedulers';
import { until } from '../support/until';

const limitMs = 120_000;

// Three machines in small: of the loopback interface's addresses, which are many on Linux alone, each has one.
const machines = {
  exchange: { host: '127.0.0.2', mspIds: ['ExchangeMSP'] },
  depository: { host: '127.0.0.3', mspIds: ['CsdMSP'] },
  institutions: { host: '127.0.0.4', mspIds: ['AlphaMSP', 'BetaMSP'] },
} as const;
type Machine = keyof typeof machines;
const names = Object.keys(machines) as Machine[];

const members = names.flatMap((name) => machines[name].mspIds as readonly string[]);

/** What they have agreed on. */
const agreed = marketTopology(
  (
    [
      { mspId: 'ExchangeMSP', name: 'Exchange', role: 'operator' },
      { mspId: 'CsdMSP', name: 'Csd', role: 'operator' },
      { mspId: 'AlphaMSP', name: 'Alpha', role: 'institution' },
      { mspId: 'BetaMSP', name: 'Beta', role: 'institution' },
    ] as const
  ).map((one) => ({ ...one, host: machines[machineOf(one.mspId)].host })),
);
const topology = parseTopology(agreed);

function machineOf(mspId: string): Machine {
  const found = names.find((name) => (machines[name].mspIds as readonly string[]).includes(mspId));
  if (found === undefined) throw new Error(`no machine runs ${mspId}`);
  return found;
}

const missing = process.platform === 'linux' ? whyNoFabric()?.message : 'only Linux has more than one loopback address';
const title = `organisations on three machines, each with its own part of the network`;

(missing === undefined ? describe : describe.skip)(
  missing === undefined ? title : `${title} (not run: ${missing})`,
  () => {
    let parent: string;
    let topologyFile: string;
    const markets = new Map<string, Promise<Market>>();

    const place = (machine: Machine): string => join(parent, machine);
    // In this process; each speaks to its own operator's peer.
    const schedulers = new Schedulers((mspId) => exportProfile({ directory: place(machineOf(mspId)), mspId }));
    const publishedBy = (machine: Machine): string => join(parent, `${machine}.json`);

    /** What a command on organisations prints. */
    async function told(...args: readonly string[]): Promise<string> {
      let out = '';
      let err = '';
      const streams = {
        out: { write: (text: string) => (out += text) },
        err: { write: (text: string) => (err += text) },
      };
      expect({ code: await runCommand(['organisation', ...args], streams), err }).toMatchObject({ code: 0 });
      return out;
    }

    async function as(mspId: string): Promise<Market> {
      const market = markets.get(mspId) ?? connect(exportProfile({ directory: place(machineOf(mspId)), mspId }));
      markets.set(mspId, market);
      return market;
    }

    async function found(): Promise<void> {
      const { registry } = await as('ExchangeMSP');
      const isOperator = ({ role }: { readonly role: string }): boolean => role === 'operator';
      await registry.found({
        id: 'founding',
        name: 'Test market',
        businessDate: tradeDate,
        operators: topology.organisations.filter(isOperator).map(({ mspId, name }) => ({ mspId, name })),
        secrets: { operators: randomSecret(), board: randomSecret() },
      });
      const others = topology.organisations.filter((one) => !isOperator(one));
      await approved(as, async (operator) =>
        Promise.all(others.map(async ({ mspId, name, role }) => operator.registry.admitMember({ mspId, name, role }))),
      );
    }

    beforeAll(() => {
      parent = mkdtempSync(join(tmpdir(), 'kessai-machines-'));
      topologyFile = join(parent, 'market.yaml');
      writeFileSync(topologyFile, agreed);
    });

    afterAll(async () => {
      await schedulers.rest();
      for (const market of markets.values()) await (await market).close();
      for (const machine of names) await down({ directory: place(machine) });
      rmSync(parent, { recursive: true, force: true });
    }, limitMs);

    test('each machine makes the keys of its own organisations, and publishes what the others need of them', async () => {
      for (const machine of names) {
        const made = await told(
          'make',
          ...machines[machine].mspIds,
          '--topology',
          topologyFile,
          '--dir',
          place(machine),
          '--json',
        );
        expect(JSON.parse(made)).toMatchObject({ made: true, organisations: machines[machine].mspIds });
        writeFileSync(publishedBy(machine), await told('publish', '--dir', place(machine)));
        const { state, awaited } = await status({ directory: place(machine) });
        const others = members.filter((mspId) => machineOf(mspId) !== machine);
        expect({ state, awaited }).toEqual({ state: 'stopped', awaited: others });
      }
      await expect(up({ directory: place('exchange') })).rejects.toMatchObject({
        code: 'OrganisationsAwaited',
        payload: { mspIds: ['CsdMSP', 'AlphaMSP', 'BetaMSP'] },
      });
    });

    test('each gathers what all have published, and has the same first block', async () => {
      const files = names.map(publishedBy);
      const texts = await Promise.all(names.map(async (machine) => told('gather', ...files, '--dir', place(machine))));
      const blocks = texts.map((text) => /^ {2}([0-9a-f]{64})$/m.exec(text)?.[1]);
      expect(new Set(blocks).size).toBe(1);
      expect(blocks[0]).toBeDefined();
    });

    test(
      'the first machine is up by itself, and says who is not there yet; alone it cannot deploy, and says so',
      async () => {
        const directory = place('exchange');
        const others = ['CsdMSP', 'AlphaMSP', 'BetaMSP'];
        expect(await up({ directory })).toMatchObject({ state: 'started', made: false, outOfTouch: others });
        const { nodes = {}, ...found } = await status({ directory });
        expect(Object.keys(nodes)).toEqual([
          'orderer0.exchange.market.example',
          'peer0.exchange.market.example',
          'chaincode.exchange.market.example',
        ]);
        expect(found).toMatchObject({ state: 'running', outOfTouch: others });
        expect(found.organisations.map(({ mspId, here, peer }) => [mspId, here, peer?.split(':')[0]])).toEqual([
          ['ExchangeMSP', true, '127.0.0.2'],
          ['CsdMSP', false, '127.0.0.3'],
          ['AlphaMSP', false, '127.0.0.4'],
          ['BetaMSP', false, '127.0.0.4'],
        ]);
        await expect(deployMarket({ directory })).rejects.toMatchObject({
          code: 'QuorumMissing',
          payload: { needed: 3, reached: ['ExchangeMSP'], unreached: others },
        });
      },
      limitMs,
    );

    test(
      'the others come up, and the last one is in touch with all',
      async () => {
        expect(await up({ directory: place('depository') })).toMatchObject({ outOfTouch: ['AlphaMSP', 'BetaMSP'] });
        expect(await up({ directory: place('institutions') })).toMatchObject({ outOfTouch: [] });
        expect(await up({ directory: place('exchange') })).toMatchObject({ state: 'already-running', outOfTouch: [] });
      },
      limitMs,
    );

    test(
      'each deploys for its own: until both operators have, it says who has not; the last one commits',
      async () => {
        const deploy = async (machine: Machine) => deployMarket({ directory: place(machine) });
        const waiting = { state: 'approved', sequence: 1 };
        expect(await deploy('institutions')).toMatchObject({ ...waiting, awaiting: ['ExchangeMSP', 'CsdMSP'] });
        expect(await deploy('exchange')).toMatchObject({ ...waiting, awaiting: ['CsdMSP'] });
        expect(await deploy('exchange')).toMatchObject({ ...waiting, awaiting: ['CsdMSP'] });
        const committed = await deploy('depository');
        expect(committed).toMatchObject({ state: 'committed', sequence: 1, undeployed: [] });
        expect(Object.fromEntries(committed.approvals)).toEqual(Object.fromEntries(members.map((one) => [one, true])));
        for (const machine of names)
          expect(await deploy(machine)).toMatchObject({ state: 'unchanged', undeployed: [] });
      },
      limitMs,
    );

    test(
      'the market is founded, and members act through their own peers',
      async () => {
        for (const mspId of ['ExchangeMSP', 'CsdMSP']) await schedulers.operateAs(mspId);
        await found();
        for (const mspId of ['AlphaMSP', 'BetaMSP']) {
          const { registry } = await as(mspId);
          await registry.openAccount({ account: 'HOUSE', name: 'House', kind: 'house' });
        }
        // Their accounts are private: the operators' peers, on other machines, hold them too.
        const { registry } = await as('CsdMSP');
        await until(30_000, 'the account of a member at an operator’s peer', async () => {
          const { accounts } = await registry.accounts({ institution: 'BetaMSP' });
          return accounts.length === 1 && accounts[0]?.account === 'HOUSE';
        });
      },
      limitMs,
    );

    test(
      'one machine goes away, the others order on and members seal; when it is back it has what it missed, and cycles go on',
      async () => {
        expect(await down({ directory: place('depository') })).toEqual({ state: 'stopped' });
        const { registry } = await as('AlphaMSP');
        expect(await registry.members({})).toMatchObject({ members: expect.any(Array) });
        // What members seal their own peers endorse; a cycle needs both operators.
        const client = { account: 'CLIENT', name: 'Client', kind: 'client' } as const;
        expect(await registry.openAccount(client, { until: 'sealed' })).toMatchObject({ outcome: 'sealed' });
        // An approval is a transaction of its own organisation: three of four orderers order it.
        const upgrade = upgradeMarket({ directory: place('institutions'), version: '2' });
        expect(await upgrade).toMatchObject({ state: 'approved', sequence: 2, awaiting: ['ExchangeMSP', 'CsdMSP'] });

        expect(await up({ directory: place('depository') })).toMatchObject({ state: 'started', outOfTouch: [] });
        expect(await registry.openAccount(client)).toMatchObject({ outcome: 'exists' });
        const { registry: depository } = await as('CsdMSP');
        // What was ordered while it was away it has by now; what is new comes with the next block.
        await until(60_000, 'the account that was opened now at the peer that is back', async () => {
          const { accounts } = await depository.accounts({ institution: 'AlphaMSP' });
          return accounts.some(({ account }) => account === 'CLIENT') && accounts.length === 2;
        });
      },
      limitMs,
    );

    test(
      'a machine’s certificates are renewed by its keeper, one node after another, while the others serve',
      async () => {
        const directory = place('depository');
        const { renewed, restarted } = await renewCertificates({ directory, withinDays: 4_000 });
        expect(new Set(renewed.map(({ mspId }) => mspId))).toEqual(new Set(['CsdMSP']));
        expect(restarted).toEqual(['orderer0.csd.market.example', 'peer0.csd.market.example']);
        const { registry } = await as('BetaMSP');
        await registry.openAccount({ account: 'LATER', name: 'Later', kind: 'client' });
      },
      limitMs,
    );

    test(
      'what needs another machine’s keys, or all organisations, is refused with where to do it',
      async () => {
        const dir = place('exchange');
        const day = ['demo', '--engine', 'native', '--dir', dir];
        const refused: readonly [readonly string[], string, string][] = [
          [['call', 'Registry:Members', '--as', 'AlphaMSP', '--dir', dir], 'OrganisationElsewhere', '127.0.0.4'],
          [['profile', 'export', 'CsdMSP', '--dir', dir], 'OrganisationElsewhere', '127.0.0.3'],
          [['certificates', 'show', 'BetaMSP', '--dir', dir], 'OrganisationElsewhere', '127.0.0.4'],
          [['organisation', 'add', '--msp', 'DeltaMSP', '--name', 'Delta', '--dir', dir], 'NetworkPartial', 'AlphaMSP'],
          [
            ['organisation', 'export', 'CsdMSP', '--to', join(parent, 'x'), '--dir', dir],
            'OrganisationElsewhere',
            'CsdMSP',
          ],
          [
            ['organisation', 'export', 'ExchangeMSP', '--to', join(parent, 'x'), '--dir', dir],
            'OrganisationStarted',
            dir,
          ],
          [day, 'NetworkPartial', 'AlphaMSP'],
        ];
        for (const [args, code, said] of refused) {
          let out = '';
          const streams = { out: { write: (text: string) => (out += text) }, err: { write: () => undefined } };
          expect(await runCommand([...args, '--json'], streams)).toBe(1);
          const { error } = JSON.parse(out) as { error: { code: string; message: string; remedy: string } };
          expect({ args, code: error.code }).toEqual({ args, code });
          expect(error.message).toContain(said);
          expect(error.remedy).not.toBe('');
        }
        expect(existsSync(join(parent, 'x'))).toBe(false);
      },
      limitMs,
    );
  },
);
