import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';

/** How far a member's advices have been read, and of which ledger. */
export interface AdvicePosition {
  readonly channel: string;
  readonly member: string;
  /** The hash of what the channel's first block holds; left out where the peer does not have that block. */
  readonly ledger?: string;
  /** The last cycle that was read. */
  readonly cycle: number;
  /** The hash of what that cycle told the member. */
  readonly digest: string;
}

/** Keeps a position, so that another stream goes on from there. */
export interface AdviceCheckpoint {
  /** Undefined: nothing has been read yet. */
  read(): Promise<AdvicePosition | undefined>;
  /** Resolves when the position is kept. */
  write(position: AdvicePosition): Promise<void>;
}

export const adviceCheckpoints = {
  /** Kept as long as this process runs. */
  inMemory(): AdviceCheckpoint {
    let kept: AdvicePosition | undefined;
    return {
      read: () => Promise.resolve(kept),
      write: (position) => {
        kept = position;
        return Promise.resolve();
      },
    };
  },

  /** Kept in a file, which is replaced as a whole each time: it holds the old position or the new one, never half of one. */
  file(path: string): AdviceCheckpoint {
    return {
      read: async () => {
        const text = await readFile(path, 'utf8').catch((error: unknown) => {
          if (isMissing(error)) return undefined;
          throw error;
        });
        return text === undefined ? undefined : positionOf(JSON.parse(text));
      },
      write: async (position) => {
        const written = `${path}.${randomBytes(6).toString('hex')}`;
        try {
          await writeDurably(written, `${JSON.stringify(position)}\n`);
          await rename(written, path);
        } catch (error) {
          await rm(written, { force: true });
          throw error;
        }
      },
    };
  },
};

// Not by the option `flush`: Node.js before 20.10 takes no notice of it.
async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return error !== null && typeof error === 'object' && 'code' in error && error.code === 'ENOENT';
}

function positionOf(value: unknown): AdvicePosition {
  const { channel, member, ledger, cycle, digest } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (
    typeof channel === 'string' &&
    typeof member === 'string' &&
    (ledger === undefined || typeof ledger === 'string') &&
    typeof cycle === 'number' &&
    typeof digest === 'string'
  ) {
    return { channel, member, ...(ledger === undefined ? {} : { ledger }), cycle, digest };
  }
  throw new Error('The file does not hold how far advices have been read');
}
