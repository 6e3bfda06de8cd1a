import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

/** A block of a page that is marked to be tried: commands to run, or a program to type. */
export interface Block {
  /** The heading that it stands under. */
  readonly heading: string;
  readonly text: string;
  /** The name of the file to type it as; undefined for commands. */
  readonly file: string | undefined;
}

/** The blocks that a page marks by `sh run` and `ts run FILE`, in their order. @throws RangeError for another mark */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: { readonly file: string | undefined; readonly lines: string[] } | undefined;
  let skipping = false;
  for (const line of page.split('\n')) {
    if (open === undefined && !skipping) {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
      if (line.startsWith('```')) {
        open = openingOf(line);
        skipping = open === undefined;
      }
    } else if (line === '```') {
      if (open) blocks.push({ heading, file: open.file, text: open.lines.join('\n') });
      open = undefined;
      skipping = false;
    } else open?.lines.push(line);
  }
  return blocks;
}

function openingOf(line: string): { readonly file: string | undefined; readonly lines: string[] } | undefined {
  const [language, mark, file, ...rest] = line.slice(3).split(' ');
  if (mark === undefined) return undefined;
  const isCommand = language === 'sh' && file === undefined;
  const isProgram = language === 'ts' && file !== undefined && /^[a-z-]+\.ts$/.test(file);
  if (mark !== 'run' || rest.length > 0 || !(isCommand || isProgram))
    throw new RangeError(`${line} marks nothing to run`);
  return { file, lines: [] };
}

/** Does what a reader of the block would do, in a folder. @throws where a command fails, with what it printed */
export async function follow(
  { text, file }: Block,
  directory: string,
  environment: NodeJS.ProcessEnv,
  limitMs: number,
): Promise<string> {
  if (file !== undefined) {
    writeFileSync(join(directory, file), `${text}\n`);
    return '';
  }
  const { stdout } = await promisify(execFile)('/bin/sh', ['-e', '-c', text], {
    cwd: directory,
    env: environment,
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  return stdout;
}

/** What a block is called in the list of tests. */
export function titleOf({ heading, text, file }: Block, index: number): string {
  return `${heading}, block ${(index + 1).toString()}: ${file ?? text.split('\n', 1)[0] ?? ''}`;
}

/** A test for each block of a page, in their order. What follows a block that failed would fail for its sake, and is not tried. */
export function testBlocks(
  blocks: readonly Block[],
  reader: () => { readonly directory: string; readonly environment: NodeJS.ProcessEnv },
  limitMs: number,
): void {
  let failed = false;
  for (const [index, block] of blocks.entries()) {
    test(
      titleOf(block, index),
      async () => {
        expect({ failedBefore: failed }).toEqual({ failedBefore: false });
        failed = true;
        const { directory, environment } = reader();
        await follow(block, directory, environment, limitMs);
        failed = false;
      },
      limitMs,
    );
  }
}
