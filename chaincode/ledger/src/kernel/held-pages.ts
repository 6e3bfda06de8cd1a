import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import { DayIndex } from './day-index';

/** A page that is full, which never changes, and what the pages before it come to. */
interface HeldPage {
  readonly before: string;
  readonly entries: string;
  /** Of this page and all before it. It moves on with the pages that are added. */
  index?: DayIndex | undefined;
}

/** Characters, and as many bytes: entries of some ten million ids. */
const mostCharacters = 160 * 1024 * 1024;

/** What the pages of a day come to, one after another: of none the empty text. */
export function digestOf(before: string, entries: string): string {
  return bytesToHex(sha256(`${before} ${entries}`));
}

/**
 * Full pages, as a process keeps them from one cycle to the next. They are found by their digest alone, which the ledger has: what is held is
 * what stands there, or it is not found. Also pages of cycles that were never committed are held, and nobody asks for them.
 */
export class HeldPages {
  readonly #pages = new Map<string, HeldPage>();
  readonly #mostCharacters: number;
  #characters = 0;

  constructor(most = mostCharacters) {
    this.#mostCharacters = most;
  }

  /** Whether all pages that come to the digest are held. */
  has(digest: string): boolean {
    return this.#chain(digest) !== undefined;
  }

  /** @returns what the pages come to with this one. */
  keep(before: string, entries: string): string {
    const digest = digestOf(before, entries);
    if (this.#pages.has(digest)) return digest;
    this.#pages.set(digest, { before, entries });
    this.#characters += entries.length;
    for (const [oldest, page] of this.#pages) {
      if (this.#characters <= this.#mostCharacters) break;
      this.#pages.delete(oldest);
      this.#characters -= page.entries.length;
    }
    return digest;
  }

  /** The index of the pages that come to the digest, which must be held. It may have further pages by the next time that it is asked for. */
  indexOf(digest: string, entryLength: number): DayIndex {
    const chain = this.#chain(digest);
    if (!chain) throw new Error('Pages are asked for that are not held');
    const known = chain.findLastIndex(({ index }) => index !== undefined);
    const index = chain[known]?.index ?? new DayIndex(entryLength);
    for (const { entries } of chain.slice(known + 1)) index.add(entries);
    const [before, last] = [chain[known], chain.at(-1)];
    if (before) before.index = undefined;
    if (last) last.index = index;
    return index;
  }

  /** The pages that come to a digest, the first one first. Those that are asked for are forgotten last. */
  #chain(digest: string): readonly HeldPage[] | undefined {
    const chain: HeldPage[] = [];
    for (let next = digest; next !== '';) {
      const page = this.#pages.get(next);
      if (!page) return undefined;
      this.#pages.delete(next);
      this.#pages.set(next, page);
      chain.push(page);
      next = page.before;
    }
    return chain.reverse();
  }
}

/**
 * How a reader may come to full pages. Endorsers of one cycle must read the same keys, and may hold different pages: so either all of them
 * read all pages, or nobody reads any. Who only asks may do as it likes.
 */
export interface PageAccess {
  readonly held: HeldPages;
  readonly reading: 'all' | 'none' | 'what is not held';
}
