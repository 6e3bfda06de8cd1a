import { describe, expect, test } from '@jest/globals';
import { isCombining, isPrintable } from './printable';

const last = 0x10ffff;
const [major = 0] = (process.versions['unicode'] ?? '0').split('.').map(Number);
/** Invisible letters, a blank of Braille, and what stands for a character that was lost: printable by their category alone. */
const besides = [0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0, 0xfffd];

/** What this program's own Unicode says; of a half of a surrogate pair it says nothing that can be asked. */
function byProgram(codePoint: number): boolean {
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return false;
  return !/[\p{C}\p{Zl}\p{Zp}]/u.test(String.fromCodePoint(codePoint)) && !besides.includes(codePoint);
}

function differing(differ: (codePoint: number) => boolean): readonly string[] {
  const found: string[] = [];
  for (let codePoint = 0; codePoint <= last; codePoint += 1) if (differ(codePoint)) found.push(codePoint.toString(16));
  return found;
}

describe('what can be printed', () => {
  test('is all that an older Unicode than 17.0 knows to be so, and nothing that a newer one knows not to be', () => {
    expect(
      differing((codePoint) =>
        major <= 17 ? byProgram(codePoint) && !isPrintable(codePoint) : !byProgram(codePoint) && isPrintable(codePoint),
      ),
    ).toEqual([]);
  });

  const with17 = major === 17 ? test : test.skip;
  with17('is what Unicode 17.0 says, and what combines is too', () => {
    expect(differing((codePoint) => byProgram(codePoint) !== isPrintable(codePoint))).toEqual([]);
    const combines = (codePoint: number): boolean =>
      byProgram(codePoint) && /\p{M}/u.test(String.fromCodePoint(codePoint));
    expect(differing((codePoint) => combines(codePoint) !== isCombining(codePoint))).toEqual([]);
  });

  test('is decided by a table, and not by the version of Node that a peer happens to run', () => {
    // Assigned by Unicode 17.0, and by nothing before it.
    expect(isPrintable(0x323b0)).toBe(true);
    expect(isPrintable(0x0378)).toBe(false);
  });
});
