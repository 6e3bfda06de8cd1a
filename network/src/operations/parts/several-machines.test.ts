import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { OrganisationFiles } from '../../identities';
import { readTopology } from '../../topology';
import {
  exportOrganisations,
  exportProfile,
  metricsTargets,
  prepare,
  restore,
  showCertificates,
  snapshot,
  startEmbedded,
  up,
} from '../index';
import { NetworkFiles } from '../../directory/network-files';
import { portNames, portOf, presentOrganisations } from '../../directory/network-record';
import { openNetwork } from '../../directory/open-network';
import { withKeeperPorts } from '../../directory/with-chosen-ports';

const whole = readTopology();
const members = ['ExchangeMSP', 'CsdMSP', 'AlphaMSP', 'BetaMSP'];
const onOne = { ...whole, organisations: whole.organisations.filter(({ mspId }) => members.includes(mspId)) };
const topology = {
  ...onOne,
  organisations: onOne.organisations.map((one) => ({
    ...one,
    host: one.mspId === 'ExchangeMSP' ? 'exchange.market.example' : '192.0.2.7',
  })),
};

// A network that is prepared once; each test exports parts of it to places of its own.
let parent: string;
let maker: string;
let to: string;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-parts-'));
  maker = join(parent, 'maker');
  await prepare({ directory: maker, topology });
});

beforeEach(() => {
  to = mkdtempSync(join(parent, 'part-'));
});

afterEach(() => {
  rmSync(to, { recursive: true, force: true });
});

afterAll(() => {
  rmSync(parent, { recursive: true, force: true });
});

async function exported(...mspIds: string[]): Promise<void> {
  await exportOrganisations({ directory: maker, mspIds, to });
}

describe('a network for several machines', () => {
  test('has certificates of its nodes that are good for their hosts', () => {
    for (const [mspId, host] of [
      ['ExchangeMSP', 'exchange.market.example'],
      ['CsdMSP', '192.0.2.7'],
    ] as const) {
      const organisation = topology.organisations.find((one) => one.mspId === mspId);
      if (organisation === undefined) throw new Error('the topology has changed');
      const own = new OrganisationFiles(maker, organisation);
      for (const file of [own.peer().tlsCertificate, own.orderer()?.tlsCertificate ?? '']) {
        const tls = new X509Certificate(readFileSync(file));
        expect(host.startsWith('192') ? tls.checkIP(host) : tls.checkHost(host)).toBe(host);
        expect(tls.checkIP('127.0.0.1')).toBe('127.0.0.1');
      }
    }
  });

  test('has a first block that names its nodes by their hosts, and nobody by the loopback interface', () => {
    const { files, record } = openNetwork(maker);
    const bytes = readFileSync(files.genesisBlock);
    expect(common.Block.deserializeBinary(bytes).getHeader()?.getNumber()).toBe(0);
    const text = bytes.toString('latin1');
    for (const organisation of topology.organisations) {
      const ordering = organisation.orderer === undefined ? 0 : portOf(record, organisation.orderer);
      expect(text).toContain(`${organisation.host}:${ordering.toString()}`);
    }
    expect(text).not.toContain('127.0.0.1');
  });

  test('is not started on one machine', async () => {
    // Programs that tell their version: it is refused before any of them is started.
    const programs = join(to, 'programs');
    mkdirSync(programs);
    const bin = process.env['FABRIC_BIN'];
    for (const name of ['peer', 'orderer']) {
      writeFileSync(join(programs, name), '#!/bin/sh\necho " Version: v3.1.5"\n', { mode: 0o755 });
    }
    process.env['FABRIC_BIN'] = programs;
    try {
      for (const directory of [maker, join(to, 'another')]) {
        await expect(up({ engine: 'native', directory, topology })).rejects.toMatchObject({
          code: 'HostsDiffer',
          remedy: expect.stringContaining('kessai organisation export'),
          payload: { hosts: ['exchange.market.example', '192.0.2.7'] },
        });
      }
      expect(existsSync(join(to, 'another'))).toBe(false);
    } finally {
      if (bin === undefined) delete process.env['FABRIC_BIN'];
      else process.env['FABRIC_BIN'] = bin;
    }
  });

  test('is none of the engines embedded and docker', async () => {
    const directory = join(to, 'network');
    const refused = { code: 'EngineUnsupported', payload: { field: 'organisations[0].host' } };
    await expect(up({ engine: 'embedded', directory, topology })).rejects.toMatchObject(refused);
    await expect(up({ engine: 'docker', directory, topology })).rejects.toMatchObject(refused);
    await expect(startEmbedded({ directory, topology })).rejects.toMatchObject(refused);
    expect(existsSync(directory)).toBe(false);
  });

  test('is not prepared with fewer than four consenters', async () => {
    const organisations = topology.organisations.slice(1);
    const directory = join(to, 'network');
    await expect(prepare({ directory, topology: { ...topology, organisations } })).rejects.toMatchObject({
      code: 'ConsentersTooFew',
    });
    expect(existsSync(directory)).toBe(false);
  });
});

describe('a part of a network', () => {
  test('has its organisations’ folders whole, and of the others their roots alone', async () => {
    await exported('AlphaMSP');
    const folder = (domain: string): string[] => readdirSync(join(to, 'organisations', domain)).sort();
    expect(folder('alpha.market.example')).toEqual(['ca', 'msp', 'orderers', 'peers', 'tlsca', 'users']);
    expect(folder('beta.market.example')).toEqual(['ca', 'msp', 'tlsca']);
    expect(readdirSync(join(to, 'organisations', 'beta.market.example', 'ca'))).toEqual(['ca-cert.pem']);
    const { record } = openNetwork(to);
    expect(presentOrganisations(record).map(({ mspId }) => mspId)).toEqual(['AlphaMSP']);
    expect(record.topology).toEqual(openNetwork(maker).record.topology);
  });

  test('has the keys of its organisations, and of the others none, in any file', async () => {
    const owners = new Map(privateKeys(maker).map(({ id, domain }) => [id, domain]));
    expect(new Set(owners.values())).toEqual(new Set([...topology.organisations.map(({ domain }) => domain), '']));
    await exported('AlphaMSP', 'BetaMSP');
    const own = ['alpha.market.example', 'beta.market.example'];
    const held = privateKeys(to).map(({ id }) => owners.get(id) ?? 'nobody the maker knows');
    expect([...held].sort()).toEqual([...owners.values()].filter((domain) => own.includes(domain)).sort());
    expect(filesBelow(to).filter((file) => (statSync(file).mode & 0o077) !== 0)).toEqual([]);
  });

  test('gives profiles of its own organisations, with the host by which others reach their peers', async () => {
    await exported('ExchangeMSP');
    const { record } = openNetwork(to);
    const port = record.ports['peer0.exchange.market.example'];
    expect(exportProfile({ directory: to, mspId: 'ExchangeMSP' }).endpoint).toBe(
      `exchange.market.example:${String(port)}`,
    );
    expect(() => exportProfile({ directory: to, mspId: 'AlphaMSP' })).toThrow(
      expect.objectContaining({
        code: 'OrganisationElsewhere',
        payload: expect.objectContaining({ mspId: 'AlphaMSP' }),
      }),
    );
    expect(new Set(showCertificates({ directory: to }).map(({ mspId }) => mspId))).toEqual(new Set(['ExchangeMSP']));
  });

  test('may be divided further, as long as nothing of it has run', async () => {
    await exported('AlphaMSP', 'BetaMSP');
    const further = join(to, 'beta');
    await exportOrganisations({ directory: to, mspIds: ['BetaMSP'], to: further });
    expect(openNetwork(further).record.present).toEqual(['BetaMSP']);
    mkdirSync(new NetworkFiles(to).nodeData('orderer0.beta.market.example'), { recursive: true });
    const again = { directory: to, mspIds: ['BetaMSP'], to: join(to, 'again') };
    await expect(exportOrganisations(again)).rejects.toMatchObject({
      code: 'OrganisationStarted',
      payload: { mspId: 'BetaMSP' },
    });
    expect(existsSync(again.to)).toBe(false);
  });

  test('does not make a first block of its own where it has lost it, for that would be another channel', async () => {
    await exported('AlphaMSP');
    rmSync(openNetwork(to).files.genesisBlock);
    const again = { directory: to, mspIds: ['AlphaMSP'], to: join(to, 'again') };
    await expect(exportOrganisations(again)).rejects.toMatchObject({ code: 'NetworkDirectoryIncomplete' });
  });

  test('takes other ports for its keeper where a program has them on this machine, and keeps those that others call', async () => {
    await exported('AlphaMSP');
    const { files, record } = openNetwork(to);
    const name = portNames.operations({ hostname: 'peer0.alpha.market.example' });
    const server = createServer();
    server.listen(record.ports[name], '127.0.0.1');
    await once(server, 'listening');
    try {
      const changed = await withKeeperPorts(files, record);
      const differing = Object.keys(record.ports).filter((one) => changed.ports[one] !== record.ports[one]);
      expect(differing).toEqual([name]);
      expect(openNetwork(to).record).toEqual(changed);
    } finally {
      server.close();
      await once(server, 'close');
    }
  });

  test('tells Prometheus of its own processes alone, and on the loopback interface, whatever host others call', async () => {
    await exported('ExchangeMSP', 'AlphaMSP');
    const targets = metricsTargets({ directory: to });
    expect(targets.map(({ name }) => name).sort()).toEqual(
      [
        ...['orderer0.', 'peer0.', 'chaincode.', 'scheduler.'].map((kind) => `${kind}exchange.market.example`),
        ...['orderer0.', 'peer0.', 'chaincode.'].map((kind) => `${kind}alpha.market.example`),
      ].sort(),
    );
    for (const { address } of targets) expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test('goes back to a snapshot only together with all others', async () => {
    await exported('AlphaMSP');
    await snapshot({ directory: to, name: 'monday' });
    await expect(restore({ directory: to, name: 'monday' })).rejects.toMatchObject({
      code: 'NetworkPartial',
      remedy: expect.stringContaining('--together'),
      payload: { present: ['AlphaMSP'] },
    });
    expect(await restore({ directory: to, name: 'monday', together: true })).toMatchObject({ name: 'monday' });
  });
});

describe('an export is refused, and nothing is written,', () => {
  test('of an organisation that there is not', async () => {
    await expect(exported('DeltaMSP')).rejects.toMatchObject({
      code: 'OrganisationUnknown',
      payload: { mspId: 'DeltaMSP', known: members },
    });
    expect(readdirSync(to)).toEqual([]);
  });

  test('to a directory that holds something', async () => {
    writeFileSync(join(to, 'notes'), '');
    await expect(exported('AlphaMSP')).rejects.toMatchObject({
      code: 'DirectoryNotEmpty',
      payload: { field: 'to', directory: to },
    });
    expect(readdirSync(to)).toEqual(['notes']);
  });

  test('of a network whose organisations have no hosts', async () => {
    const directory = join(to, 'network');
    await prepare({ directory, topology: onOne });
    const request = { directory, mspIds: ['AlphaMSP'], to: join(to, 'part') };
    await expect(exportOrganisations(request)).rejects.toMatchObject({
      code: 'HostMissing',
      payload: { field: 'organisations[0].host', mspId: 'ExchangeMSP' },
    });
    expect(existsSync(request.to)).toBe(false);
  });

  test('of a network that is not there', async () => {
    const request = { directory: join(to, 'none'), mspIds: ['AlphaMSP'], to: join(to, 'part') };
    await expect(exportOrganisations(request)).rejects.toMatchObject({ code: 'NetworkDirectoryAbsent' });
  });

  test('of an embedded network', async () => {
    const directory = join(to, 'network');
    await (await startEmbedded({ directory, topology: onOne })).close();
    const request = { directory, mspIds: ['AlphaMSP'], to: join(to, 'part') };
    await expect(exportOrganisations(request)).rejects.toMatchObject({
      code: 'EngineUnsupported',
      remedy: expect.stringContaining('kessai prepare'),
    });
  });
});

interface PrivateKey {
  /** Its public half, which tells it apart whatever its text is. */
  readonly id: string;
  /** The folder that it lies in, below the organisations; empty for what is nobody's own. */
  readonly domain: string;
}

/** Every private key below a directory, in whichever file it stands. */
function privateKeys(directory: string): readonly PrivateKey[] {
  return filesBelow(directory).flatMap((file) => {
    const texts = readFileSync(file, 'latin1').match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END/g) ?? [];
    return texts.map((text) => {
      const key = createPrivateKey(`${text} PRIVATE KEY-----\n`);
      const id = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('hex');
      const [top, domain = ''] = file.slice(directory.length + 1).split('/');
      return { id, domain: top === 'organisations' ? domain : '' };
    });
  });
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
