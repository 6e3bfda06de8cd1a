/** A file of an archive. */
export interface TarEntry {
  readonly name: string;
  readonly content: Uint8Array;
}

const BLOCK = 512;

/**
 * A POSIX ustar archive of regular files. Owner, group and time are zero, so that the same files give the same bytes on every
 * machine; names are at most 100 bytes of ASCII.
 */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content }) => [header(name, content.length), padded(content)]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const field = (text: string, offset: number): void => {
    block.write(text, offset, 'ascii');
  };
  field(name, 0);
  field(octal(0o100644, 7), 100);
  field(octal(0, 7), 108);
  field(octal(0, 7), 116);
  field(octal(size, 11), 124);
  field(octal(0, 11), 136);
  // The checksum is counted with its own field full of spaces.
  field(' '.repeat(8), 148);
  field('0', 156);
  field('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  field(`${octal(sum, 6)}\x00 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function padded(content: Uint8Array): Buffer {
  const block = Buffer.alloc(Math.ceil(content.length / BLOCK) * BLOCK);
  block.set(content);
  return block;
}
