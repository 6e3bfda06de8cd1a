import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  DEFAULT_TOPOLOGY_FILE,
  hostOf,
  listenAddressOf,
  localAddressOf,
  organisationsWithRole,
  parseTopology,
  readTopology,
  servedBy,
  TopologyError,
} from './index';
import type { TopologyErrorCode } from './index';

const MARKET = readFileSync(DEFAULT_TOPOLOGY_FILE, 'utf8');

function errorOf(text: string): TopologyError {
  try {
    parseTopology(text, 'market.yaml');
  } catch (error) {
    if (error instanceof TopologyError) return error;
    throw error;
  }
  throw new Error('the topology was accepted');
}

/** The market's topology with one piece of its text replaced. */
function changed(from: string | RegExp, to: string): string {
  const text = MARKET.replace(from, to);
  expect(text).not.toBe(MARKET);
  return text;
}

describe('the names of organisations', () => {
  const ofAlpha = /(mspId: AlphaMSP\n +name: ).*/;

  test.each(['信越化学工業', 'ﾄﾖﾀ自動車', 'Müller & Søn'])('may be in any script: %s', (name) => {
    const text = changed(ofAlpha, `$1"${name}"`);
    expect(parseTopology(text).organisations.map((organisation) => organisation.name)).toContain(name);
  });

  test.each(['Al\\u202eahp', 'Alpha\\u200b', 'Al\\npha', '\\u001b[2J', ' ', 'Alpha '])(
    'are text that can be printed: not "%s"',
    (name) => {
      const { code, path } = errorOf(changed(ofAlpha, `$1"${name}"`));
      expect([code, path]).toEqual(['FieldValue', expect.stringMatching(/name$/)]);
    },
  );

  test('are not lost silently where the file is saved as CP932: its line is told, and to save it as UTF-8', () => {
    const directory = mkdtempSync(join(tmpdir(), 'kessai-topology-'));
    try {
      const file = join(directory, 'topology.yaml');
      writeFileSync(
        file,
        Buffer.concat([Buffer.from('channel: market\n# '), Buffer.from([0x93, 0x8c]), Buffer.from(`\n${MARKET}`)]),
      );
      expect(() => readTopology(file)).toThrow(
        expect.objectContaining({
          code: 'TopologyUnreadable',
          line: 2,
          message: expect.stringMatching(/save it as UTF-8/),
        }),
      );
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe('the market that ships', () => {
  test('has three operators, three institutions, a settlement bank, issuers and an auditor', () => {
    const topology = readTopology();
    expect([topology.channel, topology.chaincode.name]).toEqual(['market', 'market']);
    expect(organisationsWithRole(topology, ['operator'])).toEqual(['ExchangeMSP', 'CsdMSP', 'CcpMSP']);
    expect(organisationsWithRole(topology, ['institution'])).toEqual(['AlphaMSP', 'BetaMSP', 'GammaMSP']);
    expect(organisationsWithRole(topology, ['settlement-bank'])).toEqual(['TrustBankMSP']);
    expect(organisationsWithRole(topology, ['issuer'])).toContain('ShinEtsuMSP');
    expect(organisationsWithRole(topology, ['auditor'])).toEqual(['AuditorMSP']);
  });

  test('has orderers of four different organisations', () => {
    const consenters = readTopology().organisations.filter(({ orderer }) => orderer !== undefined);
    expect(consenters.map(({ mspId }) => mspId)).toEqual(['ExchangeMSP', 'CsdMSP', 'AlphaMSP', 'BetaMSP']);
  });

  test('gives every organisation an admin and a client whose role is the organisation’s', () => {
    for (const { users, role } of readTopology().organisations) {
      expect(users).toEqual([
        { name: 'admin', kind: 'admin', role },
        { name: 'user1', kind: 'client', role },
      ]);
    }
  });
});

/** The market at 10.0.0.1, its second organisation at another host. */
function hosted(second: string): string {
  let index = -1;
  return MARKET.replace(/ {4}domain: .*\n/g, (line) => {
    index += 1;
    return `${line}    host: ${index === 1 ? second : '10.0.0.1'}\n`;
  });
}

describe('the host of an organisation', () => {
  test.each(['10.0.0.2', '192.168.7.9', 'csd.market.example', 'node-2', '3com.example'])('may be %s', (host) => {
    expect(parseTopology(hosted(host)).organisations[1]?.host).toBe(host);
  });

  test('may be left out by all, and is the loopback interface then', () => {
    expect(readTopology().organisations.map(hostOf)).toEqual(readTopology().organisations.map(() => '127.0.0.1'));
  });

  test.each([
    ['10.0.0.2', '0.0.0.0', '127.0.0.1'],
    ['csd.market.example', '0.0.0.0', '127.0.0.1'],
    ['127.0.0.9', '127.0.0.9', '127.0.0.9'],
    ['localhost', '127.0.0.1', '127.0.0.1'],
    [undefined, '127.0.0.1', '127.0.0.1'],
  ])('%s: its nodes listen on %s, and their keeper calls %s', (host, listens, local) => {
    const organisation = host === undefined ? {} : { host };
    expect([listenAddressOf(organisation), localAddressOf(organisation)]).toEqual([listens, local]);
  });

  test.each([
    ["''", 'is no host'],
    ['0.0.0.0', 'is where a machine listens'],
    ['224.0.0.1', 'is no address of one machine'],
    ['255.255.255.255', 'is no address of one machine'],
    ['10.0.0.256', 'is neither a DNS name nor an IPv4 address'],
    ['csd.market.example:7051', 'is more than a host'],
    ['https://csd.market.example', 'is more than a host'],
    ["'::1'", 'is an IPv6 address'],
    ["'[2001:db8::1]'", 'is an IPv6 address'],
    ['csd_market', 'is neither a DNS name nor an IPv4 address'],
    ['CSD.market.example', 'is neither a DNS name nor an IPv4 address'],
    ['csd market', 'is neither a DNS name nor an IPv4 address'],
    ['csd.', 'is neither a DNS name nor an IPv4 address'],
    ['../csd', 'is neither a DNS name nor an IPv4 address'],
    ['127.0.0.2', 'cannot be reached by ExchangeMSP, which is at 10.0.0.1'],
  ])('is refused as %s: it %s', (host, said) => {
    const error = errorOf(hosted(host));
    expect(error).toMatchObject({ code: 'FieldValue', message: expect.stringContaining(said) });
    expect(error.path).toBe('organisations[1].host');
    expect(error.line).toBeGreaterThan(0);
    expect(error.remedy).toContain('Write');
  });

  test('is missed where others are on other machines', () => {
    const error = errorOf(hosted('10.0.0.2').replace('    host: 10.0.0.2\n', ''));
    expect(error).toMatchObject({ code: 'FieldMissing', path: 'organisations[1]', remedy: 'Add the field host.' });
  });
});

describe('inboxes', () => {
  test('are as the market’s where the topology does not say', () => {
    const without = MARKET.replace(/ {2}inbox:\n.*\n.*\n/, '');
    expect(without).not.toBe(MARKET);
    expect(parseTopology(without)).toEqual(readTopology());
  });

  test('are of the roles that the topology says', () => {
    const inbox = 'inbox:\n    roles: [institution]\n    readers: [operator]\n';
    const { collections } = parseTopology(MARKET.replace(/inbox:\n.*\n.*\n/, inbox));
    expect(collections.inbox).toEqual({ roles: ['institution'], readers: ['operator'] });
  });
});

const OMEGA = '  - mspId: OmegaMSP\n    name: Omega\n    role: ROLE\n    domain: omega.market.example\n';

/** The market with one organisation more. */
function withOmega(lines: readonly string[], role = 'issuer'): string {
  return `${MARKET}${OMEGA.replace('ROLE', role)}${lines.map((line) => `    ${line}\n`).join('')}`;
}

describe('an organisation without a node', () => {
  test.each(['institution', 'settlement-bank', 'issuer'])('may be a hosted %s', (role) => {
    const topology = parseTopology(withOmega(['hostedBy: CsdMSP'], role));
    const omega = topology.organisations.at(-1);
    expect(omega).toMatchObject({ mspId: 'OmegaMSP', peer: undefined, hostedBy: 'CsdMSP', orderer: undefined });
    expect(omega && servedBy(topology, omega).mspId).toBe('CsdMSP');
  });

  test('needs no host where the others are on several machines', () => {
    const topology = parseTopology(`${hosted('10.0.0.2')}${OMEGA.replace('ROLE', 'issuer')}    hostedBy: CsdMSP\n`);
    expect(topology.organisations.at(-1)?.hostedBy).toBe('CsdMSP');
  });

  const at = 'organisations[10]';
  const refusals: readonly [string, readonly string[], string, TopologyErrorCode, string, string][] = [
    ['that nobody hosts', [], 'issuer', 'FieldMissing', at, 'has no peer, and nobody hosts it'],
    ['that has a peer', ['hostedBy: CsdMSP', 'peer: {}'], 'issuer', 'FieldValue', `${at}.peer`, 'no node of its own'],
    ['that orders', ['hostedBy: CsdMSP', 'orderer: {}'], 'issuer', 'FieldValue', `${at}.orderer`, 'no node'],
    ['at a host', ['hostedBy: CsdMSP', 'host: 10.0.0.1'], 'issuer', 'FieldValue', `${at}.host`, 'no node'],
    ['of an operator', ['hostedBy: CsdMSP'], 'operator', 'FieldValue', `${at}.hostedBy`, 'the role operator'],
    ['of an auditor', ['hostedBy: CsdMSP'], 'auditor', 'FieldValue', `${at}.hostedBy`, 'the role auditor'],
    ['hosted by a member', ['hostedBy: AlphaMSP'], 'issuer', 'FieldValue', `${at}.hostedBy`, 'is no operator'],
    ['hosted by itself', ['hostedBy: OmegaMSP'], 'issuer', 'FieldValue', `${at}.hostedBy`, 'is no operator'],
    ['hosted by a stranger', ['hostedBy: OtherMSP'], 'issuer', 'OrganisationUnknown', `${at}.hostedBy`, 'is not known'],
  ];

  test.each(refusals)('%s is refused', (_what, lines, role, code, path, said) => {
    const error = errorOf(withOmega(lines, role));
    expect({ code: error.code, path: error.path }).toEqual({ code, path });
    expect(error.message).toContain(said);
    expect(error.line).toBeGreaterThan(0);
    expect(error.remedy).not.toBe('');
  });

  test('of a role that endorses is refused', () => {
    const text = withOmega(['hostedBy: CsdMSP']).replace('role: operator\n\n', 'role: issuer\n\n');
    const error = errorOf(text);
    expect(error).toMatchObject({ code: 'FieldValue', path: `${at}.hostedBy`, remedy: 'Give it a peer.' });
  });
});

describe('a topology is refused, with its field and its place', () => {
  const refusals: readonly [string, string, TopologyErrorCode, string][] = [
    ['an unknown field', changed('channel: market', 'channel: market\nchanel: x'), 'FieldUnknown', 'chanel'],
    [
      'an unknown field of a node',
      changed('peer: {}', 'peer: { prot: 7051 }'),
      'FieldUnknown',
      'organisations[0].peer.prot',
    ],
    ['a missing field', changed('    domain: csd.market.example\n', ''), 'FieldMissing', 'organisations[1].domain'],
    ['a text for a number', changed('outOf: 2', "outOf: '2'"), 'FieldType', 'chaincode.endorsement.outOf'],
    ['a number for a text', changed("version: '1'", 'version: 1'), 'FieldType', 'chaincode.version'],
    ['a mapping for a list', changed(/organisations:\n[^]*$/, 'organisations: {}'), 'FieldType', 'organisations'],
    ['a fraction', changed('outOf: 2', 'outOf: 1.5'), 'FieldType', 'chaincode.endorsement.outOf'],
    ['an unknown role', changed('role: issuer', 'role: isuer'), 'FieldValue', 'organisations[7].role'],
    ['a port out of range', changed('peer: {}', 'peer: { port: 65536 }'), 'FieldValue', 'organisations[0].peer.port'],
    ['port 0', changed('peer: {}', 'peer: { port: 0 }'), 'FieldValue', 'organisations[0].peer.port'],
    ['a path for an MSP id', changed('mspId: CsdMSP', 'mspId: ../CsdMSP'), 'FieldValue', 'organisations[1].mspId'],
    ['a domain that is none', changed('csd.market.example', 'csd..example'), 'FieldValue', 'organisations[1].domain'],
    ['a channel in capitals', changed('channel: market', 'channel: Market'), 'FieldValue', 'channel'],
    ['one MSP id twice', changed('mspId: CsdMSP', 'mspId: ExchangeMSP'), 'FieldDuplicate', 'organisations[1]'],
    [
      'one domain twice',
      changed('csd.market.example', 'exchange.market.example'),
      'FieldDuplicate',
      'organisations[1]',
    ],
    ['one user twice', changed('name: user1', 'name: admin'), 'FieldDuplicate', 'users[1].name'],
    ['no administrator', changed('kind: admin', 'kind: client'), 'FieldMissing', 'organisations[0]'],
    ['no orderer', changed(/ {4}orderer: \{\}\n/g, ''), 'OrdererMissing', 'organisations'],
    [
      'more endorsers than operators',
      changed('outOf: 2', 'outOf: 4'),
      'EndorsementUnsatisfiable',
      'chaincode.endorsement',
    ],
    [
      'a collection of nobody',
      changed(/role: auditor/, 'role: issuer').replace(
        '[operator, auditor]\n    - name: board',
        '[auditor]\n    - name: board',
      ),
      'CollectionEmpty',
      'collections.shared[0]',
    ],
    ['one collection name twice', changed('name: board', 'name: operators'), 'FieldDuplicate', 'collections.shared[1]'],
    [
      'a shared collection that has an owner’s name',
      changed('name: board', 'name: AlphaMSP'),
      'FieldDuplicate',
      'collections.shared[1]',
    ],
    [
      'a shared collection that has an inbox’s name',
      changed('name: board', 'name: AlphaMSP_inbox'),
      'FieldDuplicate',
      'collections.shared[1]',
    ],
    [
      'an organisation whose collection would be another’s inbox',
      changed('mspId: BetaMSP', 'mspId: AlphaMSP_inbox'),
      'FieldDuplicate',
      'collections.inbox',
    ],
    [
      'inboxes of nobody',
      changed(/inbox:\n.*\n/, 'inbox:\n    roles: [auditor]\n').replace('role: auditor', 'role: issuer'),
      'CollectionEmpty',
      'collections.inbox',
    ],
    [
      'an unknown member',
      changed('name: board', 'name: board\n      organisations: [DeltaMSP]'),
      'OrganisationUnknown',
      'collections.shared[1]',
    ],
  ];

  test.each(refusals)('%s', (_what, text, code, path) => {
    const error = errorOf(text);
    expect({ code: error.code, path: error.path, file: error.file }).toEqual({ code, path, file: 'market.yaml' });
    expect(error.line).toBeGreaterThan(0);
    expect(error.remedy).not.toBe('');
    expect(error.message).toContain(`market.yaml:${String(error.line)}`);
  });

  test('two nodes on one port: the second is named, with its line', () => {
    const first = changed('peer: {}', 'peer: { port: 7051 }');
    const error = errorOf(first.replace(/orderer: \{\}/, 'orderer: { port: 7051 }'));
    expect(error.code).toBe('PortShared');
    expect(error.message).toContain(
      'orderer0.exchange.market.example and peer0.exchange.market.example both have port 7051',
    );
    expect(first.split('\n')[(error.line ?? 0) - 1]).toContain('orderer');
  });

  test('one port at two hosts is no port twice; at one host it is', () => {
    const both = (host: string): string => {
      const first = hosted(host).replace('peer: {}', 'peer: { port: 7051 }');
      return first.replace('peer: {}', 'peer: { port: 7051 }');
    };
    expect(parseTopology(both('10.0.0.2')).organisations[1]?.peer?.port).toBe(7051);
    expect(errorOf(both('10.0.0.1'))).toMatchObject({ code: 'PortShared', path: 'organisations[1].peer' });
  });

  test('a port that a node and the chaincode service share', () => {
    const text = changed('peer: {}', 'peer: { port: 7051 }').replace("version: '1'", "version: '1'\n  port: 7051");
    expect(errorOf(text).code).toBe('PortShared');
  });

  test('an unknown field is pointed at by its line', () => {
    const text = changed('channel: market', 'channel: market\nchanel: x');
    const error = errorOf(text);
    expect(text.split('\n')[(error.line ?? 0) - 1]).toBe('chanel: x');
  });

  test('text that is no YAML', () => {
    expect(errorOf('channel: [').code).toBe('TopologySyntax');
    expect(errorOf('channel: a\nchannel: b\n')).toMatchObject({ code: 'TopologySyntax', line: 2 });
    expect(errorOf('').code).toBe('FieldType');
  });

  test('aliases, which could say a thing twice or grow without bound', () => {
    const text = changed('name: Auditor', 'name: &a Auditor').replace('name: Beta Securities', 'name: *a');
    expect(errorOf(text)).toMatchObject({ code: 'FieldType' });
  });

  test('a file that is not there', () => {
    expect(() => readTopology('no-such-file.yaml')).toThrow(TopologyError);
  });
});
