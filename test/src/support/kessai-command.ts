import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@kessai/cli';
import type { JsonObject } from '@kessai/interface';
import type { MarketNetwork } from './market-network';

export interface CommandResult {
  readonly exitCode: number;
  readonly out: string;
}

/** Runs `kessai` as a member of a network, with the profile that the member has been given. */
export async function kessaiAs(
  network: MarketNetwork,
  mspId: string,
  ...args: readonly string[]
): Promise<CommandResult> {
  const file = join(network.directory, `${mspId}.json`);
  await writeFile(file, JSON.stringify(network.profile(mspId)));
  let out = '';
  const streams = { out: { write: (text: string) => (out += text) }, err: { write: () => true } };
  const exitCode = await runCommand([...args, '--profile', file], streams);
  return { exitCode, out };
}

/** What a command prints as one JSON document to a line. */
export function linesOf({ out }: CommandResult): readonly JsonObject[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject);
}
