import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { OrganisationFiles } from '../../identities';
import {
  exportOrganisations,
  exportProfile,
  gatherOrganisations,
  makeOrganisations,
  prepare,
  publishOrganisations,
  renewCertificates,
} from '../index';
import type { PublishedOrganisation, PublishedOrganisations } from '../index';
import { NetworkFiles } from '../../directory/network-files';
import { openNetwork } from '../../directory/open-network';
import { smallTopology } from '../testing/plain-market';
import { checkPublished } from './check-published';
import { readPublished } from './published-organisations';

const small = smallTopology();
const hosts: Readonly<Record<string, string>> = { ExchangeMSP: 'exchange.market.example', CsdMSP: '192.0.2.20' };
const topology = {
  ...small,
  organisations: small.organisations.map((one) => ({ ...one, host: hosts[one.mspId] ?? '192.0.2.30' })),
};
const keepers = { exchange: ['ExchangeMSP'], depository: ['CsdMSP'], institutions: ['AlphaMSP', 'BetaMSP'] } as const;
type Keeper = keyof typeof keepers;
const names = Object.keys(keepers) as Keeper[];

let parent: string;
let work: string;
let tests = 0;

const place = (keeper: Keeper): string => join(parent, keeper);
const fileOf = (keeper: Keeper): string => join(parent, `${keeper}.json`);
const others = (keeper: Keeper): string[] => names.filter((name) => name !== keeper).map(fileOf);

/** A keeper's directory as it was before anything was gathered in it. */
function fresh(keeper: Keeper): string {
  const directory = join(work, keeper);
  cpSync(place(keeper), directory, { recursive: true });
  return directory;
}

/** What a keeper has published, changed on its way. */
function changed(keeper: Keeper, change: (one: PublishedOrganisations) => object): string {
  const file = join(work, `changed-${keeper}.json`);
  writeFileSync(file, JSON.stringify(change(publishOrganisations({ directory: place(keeper) }))));
  return file;
}

function withOrganisation(
  published: PublishedOrganisations,
  change: (one: PublishedOrganisation) => object,
): PublishedOrganisations {
  return { ...published, organisations: published.organisations.map((one) => ({ ...one, ...change(one) })) };
}

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-own-keys-'));
  for (const keeper of names) {
    await makeOrganisations({ directory: place(keeper), topology, mspIds: keepers[keeper] });
    writeFileSync(fileOf(keeper), JSON.stringify(publishOrganisations({ directory: place(keeper) })));
  }
});

beforeEach(() => {
  tests += 1;
  work = join(parent, `work-${tests.toString()}`);
  mkdirSync(work);
});

afterAll(() => {
  rmSync(parent, { recursive: true, force: true });
});

describe('organisations that make their own keys', () => {
  test('publish no secret', () => {
    for (const keeper of names) expect(readFileSync(fileOf(keeper), 'utf8')).not.toContain('PRIVATE');
  });

  test('come to the same first block, byte for byte, each by itself', async () => {
    const results = await Promise.all(
      names.map(async (keeper) => gatherOrganisations({ directory: fresh(keeper), files: others(keeper).reverse() })),
    );
    for (const [index, keeper] of names.entries()) {
      expect(results[index]).toMatchObject({ state: 'gathered', organisations: keepers[keeper] });
    }
    expect(new Set(results.map(({ firstBlock }) => firstBlock)).size).toBe(1);
    const blocks = results.map(({ directory }) => readFileSync(new NetworkFiles(directory).genesisBlock));
    expect(blocks[0]?.equals(blocks[1] ?? Buffer.of())).toBe(true);
    expect(blocks[0]?.equals(blocks[2] ?? Buffer.of())).toBe(true);
    expect(
      common.Block.deserializeBinary(blocks[0] ?? Buffer.of())
        .getHeader()
        ?.getNumber(),
    ).toBe(0);
  });

  test('have the keys of their own organisations, and of the others certificates and the ports that they are reached at', async () => {
    const directory = fresh('institutions');
    await gatherOrganisations({ directory, files: others('institutions') });
    const keysOf = (domain: string): string[] =>
      readdirSync(join(directory, 'organisations', domain), { recursive: true })
        .map(String)
        .filter((name) => /key|_sk$/.test(name));
    expect(keysOf('alpha.market.example')).not.toEqual([]);
    expect(keysOf('exchange.market.example')).toEqual([]);
    const { record } = openNetwork(directory);
    const exchange = openNetwork(place('exchange')).record;
    for (const name of ['peer0.exchange.market.example', 'orderer0.exchange.market.example']) {
      expect(record.ports[name]).toBe(exchange.ports[name]);
    }
    const { endpoint } = exportProfile({ directory, mspId: 'AlphaMSP' });
    expect(endpoint).toBe(`192.0.2.30:${String(record.ports['peer0.alpha.market.example'])}`);
  });

  test('make the same block of files whose way changed their line ends, and with their own among them', async () => {
    const directory = fresh('exchange');
    const { firstBlock } = await gatherOrganisations({ directory, files: others('exchange') });
    const text = readFileSync(fileOf('depository'), 'utf8').replaceAll('\\n', '\\r\\n');
    const file = join(work, 'depository.json');
    writeFileSync(file, text);
    const files = [file, fileOf('institutions'), fileOf('exchange')];
    expect(await gatherOrganisations({ directory, files })).toMatchObject({ state: 'unchanged', firstBlock });
  });

  test('make keys once', async () => {
    const directory = fresh('exchange');
    const request = { directory, topology, mspIds: ['ExchangeMSP'] };
    const before = publishOrganisations({ directory });
    expect(await makeOrganisations(request)).toMatchObject({
      made: false,
      elsewhere: ['CsdMSP', 'AlphaMSP', 'BetaMSP'],
    });
    expect(publishOrganisations({ directory })).toEqual(before);
  });

  test('may hand a part of theirs on, as an exported one', async () => {
    const directory = fresh('institutions');
    await gatherOrganisations({ directory, files: others('institutions') });
    const to = join(work, 'beta');
    await exportOrganisations({ directory, mspIds: ['BetaMSP'], to });
    expect(openNetwork(to).record.present).toEqual(['BetaMSP']);
  });
});

describe('without what the others have published', () => {
  test('nothing is started, and who is awaited is said', async () => {
    await expect(prepare({ directory: fresh('exchange') })).rejects.toMatchObject({
      code: 'OrganisationsAwaited',
      remedy: expect.stringContaining('kessai organisation gather'),
      payload: { mspIds: ['CsdMSP', 'AlphaMSP', 'BetaMSP'] },
    });
  });

  test('nothing is exported', async () => {
    const request = { directory: fresh('institutions'), mspIds: ['BetaMSP'], to: join(work, 'beta') };
    await expect(exportOrganisations(request)).rejects.toMatchObject({ code: 'OrganisationsAwaited' });
    expect(existsSync(request.to)).toBe(false);
  });
});

describe('gathering is refused, and the directory stays as it was,', () => {
  async function refused(files: readonly string[], fault: object, keeper: Keeper = 'exchange'): Promise<void> {
    const directory = fresh(keeper);
    const before = readdirSync(directory, { recursive: true }).sort();
    await expect(gatherOrganisations({ directory, files })).rejects.toMatchObject(fault);
    expect(readdirSync(directory, { recursive: true }).sort()).toEqual(before);
  }

  test('while somebody’s file is missing', async () => {
    await refused([fileOf('institutions')], { code: 'OrganisationsAwaited', payload: { mspIds: ['CsdMSP'] } });
  });

  test('where a file is none of these', async () => {
    for (const [text, field] of [
      ['no JSON', ''],
      ['[]', 'kind'],
      ['{"kind":"kessai-organisations","format":9}', 'format'],
    ] as const) {
      const file = join(work, 'file.json');
      writeFileSync(file, text);
      expect(() => readPublished(file, topology)).toThrow(
        expect.objectContaining({ code: 'PublishedFileInvalid', payload: { file, field } }),
      );
    }
    await refused([join(work, 'absent.json')], { code: 'PublishedFileInvalid' });
  });

  test('where a field is not what it has to be', async () => {
    const wrong = [
      [(one: PublishedOrganisation) => ({ ...one, caCertificate: 'abc' }), 'organisations[0].caCertificate'],
      [(one: PublishedOrganisation) => ({ ...one, orderer: undefined }), 'organisations[0].orderer'],
      [(one: PublishedOrganisation) => ({ ...one, ports: { peer: 0 } }), 'organisations[0].ports.peer'],
      [(one: PublishedOrganisation) => ({ ...one, mspId: 'DeltaMSP' }), 'organisations[0].mspId'],
      [(one: PublishedOrganisation) => ({ ...one, mspId: 7 }), 'organisations[0].mspId'],
    ] as const;
    for (const [change, field] of wrong) {
      const file = changed('depository', (published) => withOrganisation(published, change));
      expect(() => readPublished(file, topology)).toThrow(
        expect.objectContaining({ code: 'PublishedFileInvalid', payload: { file, field } }),
      );
    }
    const none = changed('depository', (published) => ({ ...published, organisations: [] }));
    await refused([none], { code: 'PublishedFileInvalid', payload: { field: 'organisations' } });
  });

  test('where another topology was agreed on: what differs is named', async () => {
    const file = changed('depository', (published) => ({
      ...published,
      topology: { ...topology, organisations: topology.organisations.map((one) => ({ ...one, host: '192.0.2.99' })) },
    }));
    await refused([file, fileOf('institutions')], {
      code: 'TopologyDiffers',
      payload: { field: 'topology.organisations[0].host', own: '"exchange.market.example"', other: '"192.0.2.99"' },
    });
  });

  test('where two files tell of one organisation differently', async () => {
    const file = changed('depository', (published) =>
      withOrganisation(published, ({ ports }) => ({ ports: { ...ports, peer: 7 } })),
    );
    await refused([fileOf('depository'), file, fileOf('institutions')], {
      code: 'OrganisationDiffers',
      payload: { mspId: 'CsdMSP', files: [fileOf('depository'), file] },
    });
  });

  test('where a file tells of the directory’s own organisation what is not so', async () => {
    const file = changed('exchange', (published) =>
      withOrganisation(published, ({ ports }) => ({ ports: { ...ports, peer: 7 } })),
    );
    await refused([...others('exchange'), file], { code: 'OrganisationDiffers', payload: { mspId: 'ExchangeMSP' } });
  });

  test('where an orderer’s certificate is from somebody else, or for something else', async () => {
    const [alpha] = publishOrganisations({ directory: place('institutions') }).organisations;
    const own = publishOrganisations({ directory: place('depository') }).organisations[0];
    const csd = topology.organisations.find(({ mspId }) => mspId === 'CsdMSP');
    if (alpha?.orderer === undefined || own?.orderer === undefined || csd === undefined) throw new Error('no orderer');
    const peer = new OrganisationFiles(place('depository'), csd).peer();
    const orderers = [
      [{ ...own.orderer, certificate: alpha.orderer.certificate }, 'orderer.certificate'],
      [
        { ...own.orderer, certificate: readFileSync(join(peer.msp, 'signcerts', 'cert.pem'), 'utf8') },
        'orderer.certificate',
      ],
      [{ ...own.orderer, tlsCertificate: alpha.orderer.tlsCertificate }, 'orderer.tlsCertificate'],
      [{ ...own.orderer, tlsCertificate: readFileSync(peer.tlsCertificate, 'utf8') }, 'orderer.tlsCertificate'],
    ] as const;
    for (const [orderer, field] of orderers) {
      const file = changed('depository', (published) => withOrganisation(published, () => ({ orderer })));
      const told = [file, fileOf('exchange'), fileOf('institutions')].flatMap((one) => readPublished(one, topology));
      expect(() => checkPublished(topology, told)).toThrow(
        expect.objectContaining({ code: 'CertificateForeign', payload: { mspId: 'CsdMSP', file, field } }),
      );
    }
  });

  test('where an authority is none, or is somebody else’s too: its keeper could act for both', async () => {
    const [exchange] = publishOrganisations({ directory: place('exchange') }).organisations;
    const [csd] = publishOrganisations({ directory: place('depository') }).organisations;
    if (exchange === undefined || csd?.orderer === undefined) throw new Error('nothing was published');
    const leaf = csd.orderer.certificate;
    const notOne = changed('depository', (published) => withOrganisation(published, () => ({ caCertificate: leaf })));
    await refused([notOne, fileOf('institutions')], {
      code: 'CertificateForeign',
      payload: { mspId: 'CsdMSP', field: 'caCertificate' },
    });
    rmSync(join(work, 'exchange'), { recursive: true });
    const same = changed('depository', (published) =>
      withOrganisation(published, (one) => ({
        ...one,
        caCertificate: exchange.caCertificate,
        orderer: {
          certificate: exchange.orderer?.certificate,
          tlsCertificate: csd.orderer?.tlsCertificate,
        },
      })),
    );
    await refused([same, fileOf('institutions')], { code: 'CertificateForeign', payload: { mspId: 'CsdMSP' } });
    rmSync(join(work, 'exchange'), { recursive: true });
    const one = changed('depository', (published) =>
      withOrganisation(published, (own) => ({ tlsCaCertificate: own.caCertificate })),
    );
    await refused([one, fileOf('institutions')], { code: 'CertificateForeign', payload: { mspId: 'CsdMSP' } });
  });

  test('where a certificate is not valid at this time', () => {
    const told = names.flatMap((keeper) => readPublished(fileOf(keeper), topology));
    expect(checkPublished(topology, told).map(({ mspId }) => mspId)).toEqual(
      topology.organisations.map(({ mspId }) => mspId),
    );
    const [later, before] = [new Date('2100-01-01'), new Date('2020-01-01')];
    expect(() => checkPublished(topology, told, later)).toThrow(
      expect.objectContaining({ code: 'CertificateExpired' }),
    );
    expect(() => checkPublished(topology, told, before)).toThrow(
      expect.objectContaining({ code: 'CertificateNotYetValid' }),
    );
  });

  test('where the channel has its first block, and it would be another one', async () => {
    const directory = fresh('exchange');
    await gatherOrganisations({ directory, files: others('exchange') });
    const depository = fresh('depository');
    await renewCertificates({ directory: depository, withinDays: 4_000 });
    const renewed = join(work, 'renewed.json');
    writeFileSync(renewed, JSON.stringify(publishOrganisations({ directory: depository })));
    await expect(gatherOrganisations({ directory, files: [renewed, fileOf('institutions')] })).rejects.toMatchObject({
      code: 'FirstBlockDiffers',
    });
  });

  test('in a directory where there is no network', async () => {
    const request = { directory: join(work, 'none'), files: others('exchange') };
    await expect(gatherOrganisations(request)).rejects.toMatchObject({ code: 'NetworkDirectoryAbsent' });
  });
});

describe('keys are not made', () => {
  const request = (): { directory: string; topology: typeof topology; mspIds: readonly string[] } => ({
    directory: join(work, 'new'),
    topology,
    mspIds: ['AlphaMSP'],
  });

  test.each([
    ['of an organisation that the topology has not', { mspIds: ['DeltaMSP'] }, { code: 'OrganisationUnknown' }],
    ['where others have no host to be reached by', { topology: small }, { code: 'HostMissing' }],
    [
      'for fewer than four consenters',
      { topology: { ...topology, organisations: topology.organisations.slice(1) } },
      { code: 'ConsentersTooFew' },
    ],
  ])('%s', async (_, change, fault) => {
    await expect(makeOrganisations({ ...request(), ...change })).rejects.toMatchObject(fault);
    expect(existsSync(request().directory)).toBe(false);
  });

  test('in a directory of another network, or of others', async () => {
    const directory = fresh('exchange');
    await expect(makeOrganisations({ ...request(), directory })).rejects.toMatchObject({
      code: 'OrganisationDiffers',
      payload: { present: ['ExchangeMSP'] },
    });
    const other = { ...topology, channel: 'other' };
    await expect(makeOrganisations({ ...request(), directory, topology: other })).rejects.toMatchObject({
      code: 'TopologyDiffers',
    });
  });
});
