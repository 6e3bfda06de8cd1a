import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { openOrMake } from '../../directory/make-directory';
import { NetworkFiles } from '../../directory/network-files';
import { servingPorts } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { readTopology } from '../../topology';
import type { FabricNode } from '../fabric/fabric-node';
import { fabricNodes, prepareNodes } from '../fabric/fabric-nodes';
import { writeComposeFile } from './compose-file';
import { FABRIC_IMAGES } from './image-names';

interface Service {
  readonly image: string;
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly volumes: readonly { type: string; source: string; target: string; read_only?: boolean }[];
  readonly read_only: boolean;
  readonly tmpfs: readonly string[];
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface ComposeDocument {
  readonly version: string;
  readonly services: Readonly<Record<string, Service>>;
}

const images = { ...FABRIC_IMAGES, chaincode: 'kessai-chaincode:0.1.0-0123456789ab' };
// Read as a time of day by YAML 1.1, which older releases of Compose speak.
const user = '501:20';

let directory: string;
let network: OpenNetwork;
let nodes: readonly FabricNode[];
let text: string;
let document: ComposeDocument;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-compose-'));
  const files = new NetworkFiles(join(directory, 'network'));
  const { record } = await openOrMake(files.directory, undefined, () => readTopology(), 'docker');
  network = { files, record };
  nodes = fabricNodes(network);
  await prepareNodes(nodes);
  await writeComposeFile(network, nodes, { images, user });
  text = readFileSync(files.composeFile, 'utf8');
  document = parse(text) as ComposeDocument;
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function services(): readonly (readonly [FabricNode, Service])[] {
  return nodes.map((node) => {
    const service = document.services[node.name];
    if (service === undefined) throw new Error(`${node.name} is no service`);
    return [node, service] as const;
  });
}

/** Files in a folder that hold a private key, whatever they are called. */
function keysBelow(path: string): readonly string[] {
  if (statSync(path).isDirectory()) return readdirSync(path).flatMap((name) => keysBelow(join(path, name)));
  return readFileSync(path, 'utf8').includes('PRIVATE KEY') ? [path] : [];
}

describe('the compose file of a network', () => {
  test('has a container for each orderer, peer and chaincode service, and no more', () => {
    expect(Object.keys(document.services).sort()).toEqual(nodes.map(({ name }) => name).sort());
    expect(
      nodes
        .map(({ kind }) => kind)
        .sort()
        .join(' '),
    ).toMatch(/^(chaincode ?){10}(orderer ?){4}(peer ?){10}$/);
  });

  test('is of the official images of Fabric, at one release', () => {
    for (const [{ kind }, { image }] of services()) {
      expect(image).toMatch(/^[a-z0-9/-]+:\d+\.\d+\.\d+/);
      if (kind !== 'chaincode') expect(image).toBe(`hyperledger/fabric-${kind}:3.1.5`);
    }
  });

  test('is the same to readers of YAML 1.1 and of 1.2', () => {
    expect(parse(text, { version: '1.1' })).toEqual(document);
    expect(document.version).toBe('3.7');
    for (const [, service] of services()) expect(service.user).toBe(user);
  });

  test('gives no container rights, nor a file system to write to beside its ledger and memory', () => {
    for (const [{ kind, writes }, service] of services()) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(service.tmpfs).toContain('/tmp');
      const written = service.volumes.filter((volume) => volume.read_only !== true);
      expect(written).toHaveLength(kind === 'chaincode' ? 0 : 1);
      for (const { source } of written) expect(join(network.files.directory, source)).toBe(writes);
    }
  });

  test('publishes the ports of the network’s record on the loopback interface, metrics among them, and nothing else', () => {
    const published = services().flatMap(([, { ports }]) => ports);
    // Schedulers are processes of this machine.
    const recorded = [...servingPorts(network.record).values()].map(String);
    expect(published.sort()).toEqual(recorded.map((port) => `127.0.0.1:${port}:${port}`).sort());
  });

  test('has every container write JSON where that is asked for, and text as a file is read where it is not', () => {
    const formats = (of: OpenNetwork): readonly (string | undefined)[] =>
      fabricNodes(of).map(({ kind, environment }) =>
        kind === 'chaincode' ? environment['KESSAI_LOG_FORMAT'] : environment['FABRIC_LOGGING_FORMAT'],
      );
    const asked = { ...network, record: { ...network.record, logFormat: 'json' as const } };
    expect(new Set(formats(asked))).toEqual(new Set(['json']));
    expect(new Set(formats(network))).toEqual(new Set(['text', expect.stringContaining('%{message}')]));
  });

  test('has a chaincode service tell its metrics to its keeper, from where the container’s port is published', () => {
    for (const [{ kind, name }, { environment, ports }] of services()) {
      if (kind !== 'chaincode') continue;
      const port = network.record.ports[`metrics.${name}`]?.toString() ?? '';
      expect(environment).toMatchObject({ KESSAI_PROCESS_NAME: name, KESSAI_METRICS_ADDRESS: `0.0.0.0:${port}` });
      expect(ports).toContain(`127.0.0.1:${port}:${port}`);
    }
  });

  test('asks each Fabric node whether it listens on all of its ports', () => {
    for (const [{ kind, ports }, { healthcheck }] of services()) {
      if (kind === 'chaincode') continue;
      const asked = healthcheck?.test.join(' ') ?? '';
      for (const port of ports.values()) expect(asked).toContain(`:${port.toString(16).toUpperCase()} `);
    }
  });

  test('holds no key, and gives each container those of its own node alone', () => {
    expect(text).not.toContain('PRIVATE KEY');
    for (const [{ kind, organisation }, { volumes }] of services()) {
      const keys = volumes
        .filter(({ read_only }) => read_only)
        .flatMap(({ source }) => keysBelow(join(network.files.directory, source)));
      const own = { orderer: 2, peer: 3, chaincode: 1 } as const;
      expect(keys).toHaveLength(own[kind]);
      for (const key of keys) {
        expect(key).toContain(organisation.domain);
        expect(key.split(sep)).not.toEqual(
          expect.arrayContaining([expect.stringMatching(/^(ca|tlsca|authority|users)$/)]),
        );
      }
    }
  });

  test('leaves no dollar sign for Compose to put something else in its place', async () => {
    const [first] = nodes;
    if (first === undefined) throw new Error('the network has no node');
    const odd = { ...first, environment: { ODD: 'a$HOME${b}' } };
    await writeComposeFile(network, [odd], { images, user });
    const written = parse(readFileSync(network.files.composeFile, 'utf8')) as ComposeDocument;
    expect(written.services[first.name]?.environment['ODD']).toBe('a$$HOME$${b}');
  });
});

describe('the configuration of nodes in containers', () => {
  test('names other nodes by their names, and paths of containers only', () => {
    for (const { name, kind, ports } of nodes.filter((node) => node.kind !== 'chaincode')) {
      const file = join(network.files.nodeConfiguration(name), kind === 'peer' ? 'core.yaml' : 'orderer.yaml');
      const configuration = readFileSync(file, 'utf8');
      expect(configuration).not.toContain(directory);
      if (kind === 'peer')
        expect(configuration).toContain(`externalEndpoint: ${name}:${ports.get(name)?.toString() ?? ''}`);
    }
  });
});
