import { describe, expect, test } from '@jest/globals';
import { NotUtf8Error, utf8Text } from './text-file';

/** 東京 in CP932 and in EUC-JP, é in Latin-1, and an euro sign of Windows-1252. */
const encodings: readonly (readonly [string, readonly number[]])[] = [
  ['CP932', [0x93, 0x8c, 0x8b, 0x9e]],
  ['EUC-JP', [0xc5, 0xec, 0xb5, 0xfe]],
  ['Latin-1', [0x43, 0x61, 0x66, 0xe9]],
  ['Windows-1252', [0x80, 0x31]],
  ['half of a character', [0xe6, 0x9d]],
  ['UTF-8 that is longer than it need be', [0xc0, 0xaf]],
  ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
];

function refusalOf(bytes: readonly number[]): NotUtf8Error {
  try {
    utf8Text(Uint8Array.from(bytes));
  } catch (error) {
    if (error instanceof NotUtf8Error) return error;
    throw error;
  }
  throw new Error('It was read');
}

const bytesOf = (text: string, encoding: BufferEncoding = 'utf8'): readonly number[] => [
  ...Buffer.from(text, encoding),
];

describe('a text file', () => {
  test.each(encodings)('in %s is refused with its first line that cannot be read', (_what, bad) => {
    const refused = refusalOf([...bytesOf('member,name\nAlpha,東京\n'), ...bad, 0x0a, ...bytesOf('more\n')]);
    expect(refused.line).toBe(3);
    expect(refused.message).toMatch(/is not UTF-8 in line 3.*save it as UTF-8/);
  });

  test.each([
    ['little-endian with its mark', [0xff, 0xfe, ...bytesOf('a,b\n', 'utf16le')]],
    ['big-endian with its mark', [0xfe, 0xff, 0x00, 0x61]],
    ['without a mark', bytesOf('a,b\n', 'utf16le')],
  ])('in UTF-16 is refused as such: %s', (_what, bytes) => {
    expect(refusalOf(bytes).message).toMatch(/UTF-16.*save it as UTF-8/);
  });

  test('in ISO-2022-JP, which is UTF-8 by its bytes, is refused with the line where it begins', () => {
    const tokyo = [0x1b, 0x24, 0x42, 0x45, 0x6c, 0x35, 0x7e, 0x1b, 0x28, 0x42];
    const refused = refusalOf([...bytesOf('member,name\nAlpha,'), ...tokyo, 0x0a]);
    expect(refused.line).toBe(2);
    expect(refused.message).toMatch(/^is ISO-2022-JP from line 2 on; save it as UTF-8/);
  });

  test.each([
    ['a workbook', 'PK\u0003\u0004\u0014\u0000', /^is a ZIP archive.*xlsx.*save it as UTF-8/],
    ['UTF-32', '\u0061\u0000\u0000\u0000', /zero bytes.*save it as UTF-8/],
  ])('that is %s is refused as what it is', (_what, text, reason) => {
    expect(refusalOf(bytesOf(text)).message).toMatch(reason);
  });

  test('in UTF-8 is read whole, with or without a byte order mark', () => {
    const text = 'member,name\r\nAlpha,東京 ﾄｳｷｮｳ 𠮷\n';
    expect(utf8Text(Uint8Array.from(bytesOf(text)))).toBe(text);
    expect(utf8Text(Uint8Array.from([0xef, 0xbb, 0xbf, ...bytesOf(text)]))).toBe(text);
    expect(utf8Text(new Uint8Array())).toBe('');
  });
});
