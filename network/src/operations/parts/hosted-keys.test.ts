import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openNetwork } from '../../directory/open-network';
import { newOrganisation } from '../../topology';
import { exportProfile, gatherOrganisations, makeOrganisations, publishOrganisations, up } from '../index';
import { smallTopology } from '../testing/plain-market';

// A member without a node whose keys are on a machine of its own; the others' nodes are on one other machine.
const small = smallTopology();
const organisations = small.organisations.map((one) => ({ ...one, host: '192.0.2.20' }));
const omega = newOrganisation({ mspId: 'OmegaMSP', name: 'Omega', hostedBy: 'CsdMSP' }, { ...small, organisations });
const topology = { ...small, organisations: [...organisations, omega] };

let parent: string;
let market: string;
let member: string;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-hosted-keys-'));
  [market, member] = [join(parent, 'market'), join(parent, 'member')];
  await makeOrganisations({ directory: market, topology, mspIds: organisations.map(({ mspId }) => mspId) });
  await makeOrganisations({ directory: member, topology, mspIds: ['OmegaMSP'] });
  for (const directory of [market, member]) {
    writeFileSync(`${directory}.json`, JSON.stringify(publishOrganisations({ directory })));
  }
});

afterAll(() => {
  rmSync(parent, { recursive: true, force: true });
});

test('a hosted member makes its own keys, and has a profile at its host’s peer where nothing runs', async () => {
  const [first, second] = await Promise.all([
    gatherOrganisations({ directory: market, files: [`${member}.json`] }),
    gatherOrganisations({ directory: member, files: [`${market}.json`] }),
  ]);
  expect(first.firstBlock).toBe(second.firstBlock);
  const { ports } = openNetwork(market).record;
  expect(exportProfile({ directory: member, mspId: 'OmegaMSP' })).toMatchObject({
    mspId: 'OmegaMSP',
    hostedBy: 'CsdMSP',
    endpoint: `192.0.2.20:${String(ports['peer0.csd.market.example'])}`,
    tlsRootCert: exportProfile({ directory: market, mspId: 'CsdMSP' }).tlsRootCert,
  });
  expect(() => exportProfile({ directory: market, mspId: 'OmegaMSP' })).toThrow('at 192.0.2.20');
});

test('with the keys of hosted members alone there is nothing to start, and up says who runs the nodes', async () => {
  await expect(up({ directory: member })).rejects.toMatchObject({
    code: 'NodesElsewhere',
    payload: { mspIds: ['OmegaMSP'], hosts: ['CsdMSP'] },
    remedy: expect.stringContaining('kessai profile export OmegaMSP'),
  });
});
