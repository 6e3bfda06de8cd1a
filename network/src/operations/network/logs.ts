import { existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as pause } from 'node:timers/promises';
import { endOfLog } from '../../directory/log-end';
import { NetworkError } from '../../directory/network-error';
import { logOf, networkNodes, schedulerNodes } from '../../directory/network-nodes';
import type { NetworkNode } from '../../directory/network-nodes';
import { openNetwork } from '../../directory/open-network';
import type { OpenNetwork } from '../../directory/open-network';
import { endOfContainerLog, followContainerLog } from '../../engines/docker/container-logs';
import { containersNow } from '../../engines/docker/containers';

/** What a process of a network has written. Docker keeps what a container writes until it is removed; then the file has it too. */
export interface NodeLog extends NetworkNode {
  readonly file: string;
  /** 0 where the process has never been started. */
  readonly bytes: number;
}

export interface LogRequest {
  readonly directory: string;
  /** A name of `logs`. */
  readonly node: string;
  /** How many of its last lines. */
  readonly lines: number;
}

export interface LogExcerpt extends NodeLog {
  readonly lines: readonly string[];
}

const LOOK_MS = 200;
const PIECE_BYTES = 64 * 1024;

/** The logs of a network's processes, those of schedulers where there has been one. @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryIncomplete`. */
export function logs({ directory }: { readonly directory: string }): readonly NodeLog[] {
  const network = openNetwork(directory);
  const { files, record } = network;
  const scheduled = schedulerNodes(record).filter((node) => existsSync(logOf(files, record, node)));
  return [...networkNodes(record), ...scheduled].map((node) => nodeLog(network, node));
}

function nodeLog({ files, record }: OpenNetwork, node: NetworkNode): NodeLog {
  const file = logOf(files, record, node);
  return { ...node, file, bytes: statSync(file, { throwIfNoEntry: false })?.size ?? 0 };
}

/** The last lines of a log. @throws NetworkError as `logs` does; `NodeUnknown`. */
export function readLog({ directory, node, lines }: LogRequest): LogExcerpt {
  const found = requireLog(directory, node);
  const { files, record } = openNetwork(directory);
  const container = record.engine === 'docker' ? endOfContainerLog(files, node, lines) : undefined;
  return { ...found, lines: container ?? endOfLog(found.file, lines, found.bytes) };
}

/**
 * The last lines of a log and then every further line as it is written, until the signal is given.
 *
 * @throws NetworkError as `readLog` does.
 */
export async function* followLog({
  signal,
  ...request
}: LogRequest & { readonly signal: AbortSignal }): AsyncGenerator<string> {
  const { files, record } = openNetwork(request.directory);
  if (record.engine === 'docker') {
    requireLog(request.directory, request.node);
    const container = containersNow(files).find(({ name }) => name === request.node);
    if (container !== undefined) {
      yield* followContainerLog(container, request.lines, signal);
      return;
    }
  }
  const { file, bytes, lines } = readLog(request);
  yield* lines;
  yield* linesFrom(file, bytes, signal);
}

// A file that became shorter has been made anew: it is read from its beginning.
async function* linesFrom(file: string, start: number, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let [offset, rest] = [start, ''];
  while (!signal.aborted) {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size < offset) offset = 0;
    const piece = size === offset ? Buffer.alloc(0) : await read(file, offset, Math.min(PIECE_BYTES, size - offset));
    offset += piece.length;
    const complete = `${rest}${decoder.write(piece)}`.split('\n');
    rest = complete.pop() ?? '';
    yield* complete;
    if (offset >= size) await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function read(file: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function requireLog(directory: string, name: string): NodeLog {
  const all = logs({ directory });
  const found = all.find((log) => log.name === name);
  if (found !== undefined) return found;
  const known = all.map((log) => log.name);
  throw new NetworkError('NodeUnknown', `${name} is no process of this network`, `Use one of: ${known.join(', ')}.`, {
    field: 'node',
    node: name,
    known,
  });
}
