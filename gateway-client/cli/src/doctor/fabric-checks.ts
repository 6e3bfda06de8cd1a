import {
  ENGINES,
  type FabricProgramName,
  NetworkError,
  OLDEST_FABRIC,
  type Topology,
  findFabricProgram,
  isFree,
  nodesOf,
} from '@kessai/network';
import { type Check, fine, wanting } from './check';
import { outputOf } from './machine-checks';

const nativeOnly = ['native'] as const;
const dockerOnly = ['docker'] as const;

/** A program of Fabric, and why the version matters. */
export async function fabricProgram(name: FabricProgramName, environment = process.env): Promise<Check> {
  const subject = { name: `Fabric ${name}`, engines: nativeOnly, needed: true };
  try {
    const { version, path } = await findFabricProgram(name, environment);
    return fine(subject, `${version} (${path})`);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return wanting(subject, error.code === 'FabricTooOld' ? 'old' : 'missing', error.message, error.remedy);
  }
}

/** The ports that a topology gives; where it gives none, free ones are chosen. */
export async function topologyPorts(topology: Topology): Promise<Check> {
  const subject = { name: 'Ports of the topology', engines: ENGINES, needed: true };
  const wanted = [
    ...topology.organisations.flatMap(nodesOf),
    { hostname: 'the chaincode service', port: topology.chaincode.port },
  ];
  const given = wanted.flatMap(({ hostname, port }) => (port === undefined ? [] : [{ hostname, port }]));
  if (given.length === 0) return fine(subject, 'free ones are chosen at the first up');
  const free = await Promise.all(given.map(async ({ port }) => isFree(port)));
  const taken = given.filter((_, index) => free[index] === false).map(({ hostname, port }) => `${port} (${hostname})`);
  if (taken.length === 0) return fine(subject, `${given.length} given, all of them free`);
  const remedy =
    'End the programs that listen there, unless they are this very network; or give other ports in the topology.';
  return wanting(subject, 'taken', taken.join(', '), remedy);
}

/** The daemon, its compose command and Fabric's images. Without a daemon nothing is known of the images. */
export async function dockerChecks(look: typeof outputOf = outputOf): Promise<readonly Check[]> {
  const [daemon, compose] = await Promise.all([dockerDaemon(look), dockerCompose(look)]);
  return [daemon, compose, await dockerImages(look)];
}

async function dockerDaemon(look: typeof outputOf): Promise<Check> {
  const subject = { name: 'Docker', engines: dockerOnly, needed: true };
  const [client, server] = await Promise.all([
    look('docker', ['--version']),
    look('docker', ['version', '--format', '{{.Server.Version}}']),
  ]);
  const version = server?.trim() ?? '';
  if (version !== '') return fine(subject, version);
  if (client === undefined) return wanting(subject, 'missing', 'not found', 'Install Docker and start it.');
  const remedy = 'Start Docker, and see that you may use it: `docker version` must name a server.';
  return wanting(subject, 'missing', 'its daemon does not answer', remedy);
}

async function dockerCompose(look: typeof outputOf): Promise<Check> {
  const subject = { name: 'Docker Compose', engines: dockerOnly, needed: true };
  const plugin = (await look('docker', ['compose', 'version', '--short']))?.trim() ?? '';
  if (plugin !== '') return fine(subject, plugin);
  const alone = (await look('docker-compose', ['version', '--short']))?.trim() ?? '';
  if (alone !== '') return fine(subject, `${alone} (docker-compose)`);
  return wanting(subject, 'missing', 'not found', 'Install the compose plugin of Docker.');
}

async function dockerImages(look: typeof outputOf): Promise<Check> {
  const subject = { name: 'Fabric images', engines: dockerOnly, needed: false };
  const images = ['peer', 'orderer'].map((name) => `hyperledger/fabric-${name}:${OLDEST_FABRIC}`);
  const found = await Promise.all(
    images.map(async (image) => look('docker', ['image', 'inspect', '-f', '{{.Id}}', image])),
  );
  const absent = images.filter((_, index) => found[index] === undefined);
  if (absent.length === 0) return fine(subject, images.join(', '));
  const remedy = `The first up fetches them; to have them before: ${absent.map((image) => `docker pull ${image}`).join(' && ')}.`;
  return wanting(subject, 'missing', `not here: ${absent.join(', ')}`, remedy);
}
