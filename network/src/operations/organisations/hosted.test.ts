import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NetworkFiles } from '../../directory/network-files';
import { OrganisationFiles } from '../../identities';
import { readTopology } from '../../topology';
import type { Organisation, Topology } from '../../topology';
import { showCertificates, startEmbedded, status } from '../index';
import type { EmbeddedNetwork } from '../index';
import { Notes, NOTES_CHAINCODE } from '../testing/notes-chaincode';
import { PlainMarket } from '../testing/plain-market';

const ENDORSEMENT_POLICY_FAILURE = 10;
const HOSTED = 100;

// The market's operators and auditor, one member with a peer, and a hundred that an operator hosts.
const whole = readTopology();
const kept = ['ExchangeMSP', 'CsdMSP', 'CcpMSP', 'AlphaMSP', 'AuditorMSP'];
const hosted = Array.from({ length: HOSTED }, (_, index) => hostedOrganisation(`Member${index.toString()}MSP`));
const topology: Topology = {
  ...whole,
  organisations: [...whole.organisations.filter(({ mspId }) => kept.includes(mspId)), ...hosted],
};

function hostedOrganisation(mspId: string): Organisation {
  return {
    mspId,
    name: mspId,
    role: 'issuer',
    domain: `${mspId.toLowerCase()}.market.example`,
    peer: undefined,
    hostedBy: 'CsdMSP',
    orderer: undefined,
    users: [
      { name: 'admin', kind: 'admin', role: 'issuer' },
      { name: 'user1', kind: 'client', role: 'issuer' },
    ],
  };
}

let parent: string;
let directory: string;
let network: EmbeddedNetwork;
const notes = new Notes(new PlainMarket(() => directory, topology));

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-hosted-'));
  directory = join(parent, 'network');
  const chaincodeProgram = join(parent, 'notes.js');
  writeFileSync(chaincodeProgram, NOTES_CHAINCODE);
  network = await startEmbedded({ directory, topology, chaincodeProgram });
  await network.deploy();
}, 60_000);

afterAll(async () => {
  await network.close();
  rmSync(parent, { recursive: true, force: true });
});

async function confide(by: string, collection: string, endorsers: readonly string[]): Promise<number> {
  return notes.write(by, endorsers, 'confide', collection, 'k');
}

async function confided(by: string, collection: string): Promise<string> {
  return notes.read(by, 'confided', collection, 'k');
}

describe('a member that an operator hosts', () => {
  const member = 'Member7MSP';

  test('has a profile at its host’s peer, which names the host', () => {
    const [own, host] = [network.profile(member), network.profile('CsdMSP')];
    expect(own).toMatchObject({ mspId: member, hostedBy: 'CsdMSP', endpoint: host.endpoint });
    expect(own).toMatchObject({ tlsRootCert: host.tlsRootCert, gatewayOptions: host.gatewayOptions });
    expect(own.cert).not.toBe(host.cert);
    expect(host.hostedBy).toBeUndefined();
  });

  test('evaluates by it, in its own name', async () => {
    expect(await notes.read(member, 'caller')).toBe(member);
  });

  test('seals in its inbox with its host’s endorsement alone, and every operator has it', async () => {
    expect(await confide(member, `${member}_inbox`, ['CsdMSP'])).toBe(0);
    for (const reader of [member, 'ExchangeMSP', 'CcpMSP', 'AuditorMSP']) {
      expect(await confided(reader, `${member}_inbox`)).toBe(`of ${member}`);
    }
  });

  test('has an inbox that no other operator writes, and nothing else that its host writes alone', async () => {
    expect(await confide(member, `${member}_inbox`, ['ExchangeMSP'])).toBe(ENDORSEMENT_POLICY_FAILURE);
    for (const collection of [member, 'Member8MSP', 'AlphaMSP', 'AlphaMSP_inbox', 'CcpMSP_inbox', 'operators']) {
      expect(await confide(member, collection, ['CsdMSP'])).toBe(ENDORSEMENT_POLICY_FAILURE);
    }
    expect(await confide(member, member, ['CsdMSP', 'CcpMSP'])).toBe(0);
    expect(await confided(member, member)).toBe(`of ${member}`);
  });

  test('has certificates for its users and its authorities, and none for a node', () => {
    const found = showCertificates({ directory, mspIds: [member] }).map(({ use }) => use);
    expect([...found].sort()).toEqual(['signing-authority', 'tls-authority', 'user-signing', 'user-signing']);
    const organisation = topology.organisations.find(({ mspId }) => mspId === member);
    expect(existsSync(join(organisation ? new OrganisationFiles(directory, organisation).root : '', 'peers'))).toBe(
      false,
    );
  });

  test('is told of with its host in the place of a peer', async () => {
    const { organisations } = await status({ directory });
    expect(organisations.find(({ mspId }) => mspId === member)).toMatchObject({ peer: undefined, hostedBy: 'CsdMSP' });
  });

  test('costs neither a port, nor an approval, nor a store of private values', async () => {
    expect(Object.keys(network.record.ports).filter((name) => name.includes('member'))).toEqual([]);
    expect([...(await network.deploy()).approvals.keys()].sort()).toEqual([...kept].sort());
    const stores = readdirSync(join(new NetworkFiles(directory).data, 'ledger', 'private'));
    expect(stores.sort()).toEqual([...kept].sort());
  });
});
