import { mkdir } from 'node:fs/promises';
import type { NetworkFiles } from '../../directory/network-files';
import type { OpenNetwork } from '../../directory/open-network';
import type { OnProgress } from '../../directory/progress';
import type { FabricNode } from '../fabric/fabric-node';
import { fabricNodes } from '../fabric/fabric-nodes';
import type { NodeRestarter } from '../fabric/restart-in-turn';
import { startNodes } from '../fabric/start-nodes';
import { composeUp, findCompose } from './compose-command';
import type { Compose } from './compose-command';
import { writeComposeFile } from './compose-file';
import type { NodeImages } from './compose-file';
import { containerUser } from './container-user';
import type { ContainerUser } from './container-user';
import { containersOf, removeContainers, removeRest, restartContainer, stopContainers } from './containers';
import type { Container } from './containers';
import { keepContainerLog } from './container-logs';
import { ContainerWatch } from './container-watch';
import { docker } from './docker-command';
import { requireImages } from './images';

/** What of Docker a network needs, found on this machine. */
export interface DockerTools {
  readonly compose: Compose;
  readonly user: ContainerUser;
  readonly images: NodeImages;
}

/**
 * Finds Docker and the images of a network, and makes those that are absent and can be made.
 *
 * @throws NetworkError `DockerMissing`, `DockerUnreachable`, `ComposeMissing`, `ImageMissing`, `DockerFailed`,
 * `ChaincodeProgramMissing`.
 */
export async function findDockerTools(onProgress?: OnProgress): Promise<DockerTools> {
  await docker(['version', '--format', '{{.Server.Version}}']);
  const compose = await findCompose();
  return { compose, user: await containerUser(), images: await requireImages(onProgress) };
}

/**
 * Starts what does not run of the network's containers, and returns when all of it serves.
 *
 * @param organisation the MSP id of an organisation whose nodes alone are started, joined and waited for, while the others serve.
 * @returns the names of the nodes that were started.
 * @throws what `startNodes` does, and NetworkError `DockerFailed`.
 */
export async function startDocker(
  network: OpenNetwork,
  tools: DockerTools,
  organisation?: string,
): Promise<readonly string[]> {
  const { files } = network;
  const containers = await containersOf(files);
  const running = new Set(containers.filter(({ state }) => state === 'running').map(({ name }) => name));
  // One that Docker starts again and again holds its ports; one that ended may be another image's.
  await remove(
    files,
    containers.filter(({ name }) => !running.has(name)),
  );
  const settings = { images: tools.images, user: tools.user.text };
  return startNodes(network, running, {
    start: async (nodes) => {
      if (nodes.length === 0) return;
      await writeComposeFile(network, fabricNodes(network), settings);
      for (const node of nodes) await giveFolders(node, tools.user);
      await composeUp(
        tools.compose,
        files,
        nodes.map(({ name }) => name),
      );
      ContainerWatch.of(files).forget();
    },
    undo: async () => {
      const left = await containersOf(files);
      await remove(
        files,
        left.filter(({ name }) => !running.has(name)),
      );
      if (running.size === 0) await removeRest(files);
    },
    restart: dockerRestarter(network).restart,
    organisation,
  });
}

// Where a folder is absent, Docker makes it, and for root.
async function giveFolders({ reads, writes }: FabricNode, user: ContainerUser): Promise<void> {
  if (writes !== undefined) await mkdir(writes, { recursive: true });
  for (const folder of [...reads, ...(writes === undefined ? [] : [writes])]) await user.own(folder);
}

// What they wrote stays in the network's logs.
async function remove(files: NetworkFiles, containers: readonly Container[]): Promise<void> {
  await stopContainers(containers);
  for (const container of containers) await keepContainerLog(files, container);
  await removeContainers(containers);
}

/**
 * Ends and removes the containers that bear the network's recorded project, and only those; of them those of the names alone, where any
 * is given. Their ledgers stay.
 */
export async function stopDocker(files: NetworkFiles, names?: readonly string[]): Promise<void> {
  const containers = await containersOf(files);
  await remove(
    files,
    containers.filter(({ name }) => names === undefined || names.includes(name)),
  );
  if (names === undefined) await removeRest(files);
}

/** Restarts a node in the container that it has. */
export function dockerRestarter({ files }: OpenNetwork): NodeRestarter {
  return {
    restart: async (node) => {
      const container = (await containersOf(files)).find(({ name }) => name === node.name);
      if (container === undefined) return;
      await restartContainer(container);
      ContainerWatch.of(files).forget();
    },
  };
}
