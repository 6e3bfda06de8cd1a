import { readFile, rename, writeFile } from 'node:fs/promises';
import type { LedgerBlock } from '@kessai/gateway-client';
import { count, decodeText, mspId, object, optional, text } from '@kessai/interface';
import type { OperatePort } from './operate-port';
import type { Standing } from './standing';
import { deadline } from './wake';

const blockNumber = count(0, 9_999_999_999);

const checkpointForm = object({
  block: blockNumber,
  dataHash: text({ maxLength: 128, pattern: /^[0-9a-f]*$/ }),
  /** The last cycle in a block up to this one, and who made it. */
  number: blockNumber,
  maker: optional(mspId),
});

/** A block up to which everything has been taken, so that a scheduler that starts again reads from there. */
export type Checkpoint = ReturnType<typeof checkpointForm.decode>;

/** Where a checkpoint is kept. What cannot be read or kept costs time at the next start and nothing else. */
export interface CheckpointStore {
  read(): Promise<Checkpoint | undefined>;
  write(checkpoint: Checkpoint): Promise<void>;
}

/** A checkpoint in a file. */
export function checkpointFile(path: string): CheckpointStore {
  return {
    read: async () => {
      try {
        return decodeText(checkpointForm, await readFile(path, 'utf8'));
      } catch {
        return undefined;
      }
    },
    write: async (checkpoint) => {
      const draft = `${path}.draft`;
      await writeFile(draft, `${JSON.stringify(checkpointForm.encode(checkpoint))}\n`);
      await rename(draft, path);
    },
  };
}

/** A block that is there comes at once. */
const comesWithinMs = 5_000;

/** Whether the ledger has the block of the checkpoint; one that was replaced or set back has another, or none. */
export async function isOfLedger(checkpoint: Checkpoint, port: OperatePort, signal: AbortSignal): Promise<boolean> {
  const { block, dataHash } = checkpoint;
  const within = deadline(comesWithinMs, signal);
  try {
    for await (const found of port.blocks(BigInt(block), within.signal)) {
      return found.number === block && found.dataHash === dataHash;
    }
    return false;
  } catch {
    return false;
  } finally {
    within.end();
  }
}

/** Finds blocks up to which nothing waits any more. */
export class CheckpointFinder {
  #candidate: Checkpoint | undefined;
  #found: Checkpoint | undefined;

  /** After a block was read. */
  read({ number: block, dataHash }: LedgerBlock, { seenNumber: number, maker }: Standing): void {
    if (this.#candidate || number < 0) return;
    const known = maker === undefined ? {} : { maker: mspId.decode(maker, '') };
    this.#candidate = { block, dataHash, number, ...known };
  }

  /** @param oldestBlock the first block that holds anything that waits. */
  settle(oldestBlock: number | undefined): void {
    if (!this.#candidate || (oldestBlock !== undefined && oldestBlock <= this.#candidate.block)) return;
    this.#found = this.#candidate;
    this.#candidate = undefined;
  }

  /** The last one found since it was taken before. */
  take(): Checkpoint | undefined {
    const found = this.#found;
    this.#found = undefined;
    return found;
  }
}
