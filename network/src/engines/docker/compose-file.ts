import { writeFile } from 'node:fs/promises';
import { posix, relative, sep } from 'node:path';
import { stringify } from 'yaml';
import { LOOPBACK } from '../../directory/free-ports';
import type { OpenNetwork } from '../../directory/open-network';
import type { FabricNode, NodeKind } from '../fabric/fabric-node';
import { siteOf } from '../fabric/node-site';

/** The images of the nodes, by their kind. */
export type NodeImages = Readonly<Record<NodeKind, string>>;

export interface ComposeSettings {
  readonly images: NodeImages;
  /** User and group that containers run as. */
  readonly user: string;
}

/** Releases of Compose before the second want to know for which of its formats a file was written; later ones ignore it. */
const FORMAT = '3.7';

// Fabric's images declare volumes at these places. Nothing is kept there, so nothing but memory is given to them.
const FABRIC_VOLUMES = ['/etc/hyperledger/fabric', '/var/hyperledger'];

const COMMANDS = { orderer: ['orderer', 'start'], peer: ['peer', 'node', 'start'], chaincode: undefined } as const;

/** Writes the network as a file for Docker Compose. There is no secret in it: containers find theirs in what they mount. */
export async function writeComposeFile(
  network: OpenNetwork,
  nodes: readonly FabricNode[],
  settings: ComposeSettings,
): Promise<void> {
  const head = '# Written by kessai up from the network’s topology; what is changed here is lost at the next one.\n';
  // What one reader of YAML takes for a text, such as 501:20, another takes for a number, unless it is quoted.
  const text = stringify(composeFile(network, nodes, settings), {
    aliasDuplicateObjects: false,
    defaultKeyType: 'PLAIN',
    defaultStringType: 'QUOTE_DOUBLE',
    lineWidth: 0,
  });
  await writeFile(network.files.composeFile, `${head}${text}`);
}

export function composeFile(network: OpenNetwork, nodes: readonly FabricNode[], settings: ComposeSettings): object {
  const services = nodes.map((node) => [node.name, service(network, node, settings)] as const);
  return { version: FORMAT, services: Object.fromEntries(services) };
}

function service(network: OpenNetwork, node: FabricNode, { images, user }: ComposeSettings): object {
  const command = COMMANDS[node.kind];
  return {
    image: images[node.kind],
    ...(command === undefined ? {} : { command: [...command] }),
    user,
    environment: Object.fromEntries(Object.entries(node.environment).map(([name, value]) => [name, literally(value)])),
    ports: [...node.ports.values()].map((port) => `${LOOPBACK}:${port.toString()}:${port.toString()}`),
    volumes: [
      ...node.reads.map((folder) => mount(network, folder, { read_only: true })),
      ...(node.writes === undefined ? [] : [mount(network, node.writes, {})]),
    ],
    read_only: true,
    tmpfs: ['/tmp', ...(command === undefined ? [] : FABRIC_VOLUMES)],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    // The chaincode's image brings its own.
    ...(command === undefined ? {} : { healthcheck: healthcheck(node) }),
    restart: 'unless-stopped',
    stop_grace_period: '15s',
    logging: { driver: 'json-file', options: { 'max-size': '20m', 'max-file': '3' } },
  };
}

/** Compose puts variables of its own in place of what a dollar sign begins. */
function literally(value: string): string {
  return value.replaceAll('$', '$$$$');
}

function mount(network: OpenNetwork, folder: string, options: object): object {
  const source = `./${posix.join(...relative(network.files.directory, folder).split(sep))}`;
  return { type: 'bind', source, target: siteOf(network).pathOf(folder), ...options };
}

/**
 * Whether the node listens on all of its ports, read from the kernel's table: a connection without an identity would be an error in
 * the node's log each time. `up` asks the node itself.
 */
function healthcheck({ ports }: FabricNode): object {
  const listens = [...ports.values()].map((port) => {
    const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
    return `grep -qs ':${hexadecimal} 0*:0000 0A' /proc/net/tcp /proc/net/tcp6`;
  });
  return { test: ['CMD-SHELL', listens.join(' && ')], interval: '30s', timeout: '5s', retries: 3, start_period: '30s' };
}
