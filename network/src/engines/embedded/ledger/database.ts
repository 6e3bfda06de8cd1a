import { mkdir } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';
import { LedgerError } from './ledger-error';

export type Database = ClassicLevel<Buffer, Buffer>;
export type Snapshot = ReturnType<Database['snapshot']>;
export type Write =
  | { readonly type: 'put'; readonly key: Buffer; readonly value: Buffer }
  | { readonly type: 'del'; readonly key: Buffer };

/** @throws LedgerError LedgerInUse when another process has it open, LedgerUnreadable when it is damaged. */
export async function openDatabase(directory: string): Promise<Database> {
  await mkdir(directory, { recursive: true });
  const database = new ClassicLevel<Buffer, Buffer>(directory, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
  try {
    await database.open();
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly code?: unknown } };
    const locked = cause?.code === 'LEVEL_LOCKED';
    throw locked
      ? new LedgerError('LedgerInUse', `another process has the ledger in ${directory} open`, { cause: error })
      : new LedgerError('LedgerUnreadable', `the ledger in ${directory} cannot be opened`, { cause: error });
  }
  return database;
}

/** All or nothing, and on disk when the promise resolves. */
export async function writeDurably(database: Database, writes: readonly Write[]): Promise<void> {
  await database.batch([...writes], { sync: true });
}
