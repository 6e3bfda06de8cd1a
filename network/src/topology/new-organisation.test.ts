import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  collectionsOf,
  newOrganisation,
  readNewOrganisation,
  readTopology,
  TopologyError,
  withOrganisation,
} from './index';
import type { OrganisationChoice } from './index';

const topology = readTopology();
const delta = { mspId: 'DeltaMSP', name: 'Delta Securities' };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kessai-organisation-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function refusal(make: () => unknown): TopologyError {
  try {
    make();
  } catch (error) {
    if (error instanceof TopologyError) return error;
    throw error;
  }
  throw new Error('the organisation was accepted');
}

function file(text: string): string {
  const path = join(folder, 'delta.yaml');
  writeFileSync(path, text);
  return path;
}

describe('an organisation that joins', () => {
  test('has what is not said of it as the others have it', () => {
    expect(newOrganisation(delta, topology)).toEqual({
      ...delta,
      role: 'institution',
      domain: 'delta.market.example',
      peer: { hostname: 'peer0.delta.market.example', port: undefined },
      orderer: undefined,
      users: [
        { name: 'admin', kind: 'admin', role: 'institution' },
        { name: 'user1', kind: 'client', role: 'institution' },
      ],
    });
  });

  test.each([
    ['TrustBankMSP2', 'trust-bank-msp2.market.example'],
    ['NorthSeaBankMSP', 'north-sea-bank.market.example'],
    ['omega', 'omega.market.example'],
  ])('called %s has the domain %s', (mspId, domain) => {
    expect(newOrganisation({ ...delta, mspId }, topology).domain).toBe(domain);
  });

  test('has its role’s users, its collection and its inbox, and is a member of those that are shared by its role', () => {
    const bank = newOrganisation({ mspId: 'OmegaMSP', name: 'Omega Bank', role: 'settlement-bank' }, topology);
    expect(bank.users.map(({ role }) => role)).toEqual(['settlement-bank', 'settlement-bank']);
    const before = collectionsOf(topology);
    const after = collectionsOf(withOrganisation(topology, newOrganisation(delta, topology)));
    expect(after.map(({ name }) => name)).toEqual(
      expect.arrayContaining([...before.map(({ name }) => name), 'DeltaMSP']),
    );
    const holding = after.filter(({ members }) => members.includes('DeltaMSP')).map(({ name }) => name);
    expect(holding).toEqual(['DeltaMSP', 'DeltaMSP_inbox', 'board']);
  });

  test('may be hosted by an operator, and has no node then', () => {
    const hosted = newOrganisation({ ...delta, hostedBy: 'CcpMSP' }, topology);
    expect(hosted).toMatchObject({ mspId: 'DeltaMSP', peer: undefined, hostedBy: 'CcpMSP', orderer: undefined });
    const after = collectionsOf(withOrganisation(topology, hosted));
    expect(after.filter(({ members }) => members.includes('DeltaMSP'))).toEqual([]);
    expect(after.find(({ name }) => name === 'DeltaMSP_inbox')?.endorsedBy).toBe('CcpMSP');
    expect(() => newOrganisation({ ...delta, hostedBy: 'AlphaMSP' }, topology)).toThrow('is no operator');
    expect(() => newOrganisation({ ...delta, hostedBy: 'OtherMSP' }, topology)).toThrow('is not known');
    expect(() => readNewOrganisation(file('mspId: DeltaMSP\nname: D\nhostedBy: CcpMSP\npeer: {}\n'), topology)).toThrow(
      'no node of its own',
    );
  });

  test('comes out of a file as out of single values', () => {
    const text = 'mspId: DeltaMSP\nname: Delta Securities\n';
    expect(readNewOrganisation(file(text), topology)).toEqual(newOrganisation(delta, topology));
  });

  test('has in a file a port and users of its own too', () => {
    const text = 'mspId: DeltaMSP\nname: Delta\npeer: { port: 7099 }\nusers: [{ name: trader, kind: client }]\n';
    const { peer, users } = readNewOrganisation(file(text), topology);
    expect(peer?.port).toBe(7099);
    expect(users.map(({ name }) => name)).toEqual(['admin', 'user1', 'trader']);
  });

  test('is on the machine of the others, where they have one host', () => {
    const at = (hosts: readonly string[]) => ({
      ...topology,
      organisations: topology.organisations.map((one, index) => ({ ...one, host: hosts[index % hosts.length] ?? '' })),
    });
    expect(newOrganisation(delta, at(['10.0.0.1'])).host).toBe('10.0.0.1');
    expect(newOrganisation(delta, at(['127.0.0.2', '127.0.0.3'])).host).toBeUndefined();
    const text = 'mspId: DeltaMSP\nname: Delta\nhost: 10.0.0.9\n';
    expect(readNewOrganisation(file(text), at(['10.0.0.1'])).host).toBe('10.0.0.9');
  });

  test('is the same when it has joined already', () => {
    const organisation = newOrganisation(delta, topology);
    expect(newOrganisation(delta, withOrganisation(topology, organisation))).toEqual(organisation);
  });
});

describe('an organisation that cannot join is refused, with the field and what to do', () => {
  const refusals: readonly [string, Partial<OrganisationChoice>, string, string][] = [
    ['that would endorse', { role: 'operator' }, 'FieldValue', 'role'],
    ['of an unknown role', { role: 'regulator' }, 'FieldValue', 'role'],
    ['with a name that no configuration takes', { mspId: 'Delta_MSP' }, 'FieldValue', 'mspId'],
    ['called as a collection is', { mspId: 'board' }, 'FieldDuplicate', 'mspId'],
    ['with another’s domain', { domain: 'alpha.market.example' }, 'FieldDuplicate', 'domain'],
    ['with a domain that is none', { domain: 'Delta' }, 'FieldValue', 'domain'],
    ['without a name', { name: '' }, 'FieldValue', 'name'],
  ];

  test.each(refusals)('%s', (_, choice, code, path) => {
    const error = refusal(() => newOrganisation({ ...delta, ...choice }, topology, 'the command line'));
    expect(error).toMatchObject({ code, path, file: 'the command line' });
    expect(error.remedy).not.toBe('');
  });

  test('with its place in the file', () => {
    const text = 'mspId: DeltaMSP\nname: Delta\norderer: {}\n';
    expect(refusal(() => readNewOrganisation(file(text), topology))).toMatchObject({
      code: 'FieldValue',
      path: 'orderer',
      line: 3,
    });
    const twice = 'mspId: DeltaMSP\nname: Delta\nusers: [{ name: user1, kind: client }]\n';
    expect(refusal(() => readNewOrganisation(file(twice), topology))).toMatchObject({
      code: 'FieldDuplicate',
      path: 'users',
    });
    expect(refusal(() => readNewOrganisation(join(folder, 'none.yaml'), topology))).toMatchObject({
      code: 'TopologyUnreadable',
    });
  });

  test('where the others’ domains have nothing in common, unless its own is said', () => {
    const [first, ...others] = topology.organisations;
    if (first === undefined) throw new Error('the topology has no organisation');
    const mixed = { ...topology, organisations: [{ ...first, domain: 'exchange.example' }, ...others] };
    expect(refusal(() => newOrganisation(delta, mixed))).toMatchObject({ code: 'FieldMissing' });
    expect(newOrganisation({ ...delta, domain: 'delta.example' }, mixed).domain).toBe('delta.example');
  });
});
