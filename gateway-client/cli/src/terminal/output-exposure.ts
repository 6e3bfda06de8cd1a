import { fstatSync } from 'node:fs';
import type { ProgressStream } from './progress';

const OTHERS = 0o077;

/** Who else can read what is written to a stream: whoever sees the screen, or others of the machine. Undefined: nobody that is known. */
export function exposureOf({ isTTY, fd }: ProgressStream): 'screen' | 'file' | undefined {
  if (isTTY === true) return 'screen';
  if (fd === undefined) return undefined;
  const found = fstatSync(fd);
  return found.isFile() && (found.mode & OTHERS) !== 0 ? 'file' : undefined;
}
