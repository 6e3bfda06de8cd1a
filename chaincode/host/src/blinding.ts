import { createHmac } from 'node:crypto';
import type { Collection } from '@kessai/interface';

/** Stands between a logical key and its blinding; no logical key holds it. */
const separator = '~';
/** Bytes of an HMAC-SHA256 in base64url, without padding. */
const macLength = 43;
const secretForm = /^[0-9a-f]{64}$/;

/**
 * The secret of a private collection. Fabric publishes plain SHA-256 hashes of private keys and values; with a secret in both, a hash
 * tells nothing to who does not hold the collection, not even that two values are equal.
 */
export class Blinding {
  readonly #secret: Buffer;

  /** @param secret 64 hexadecimal digits @throws RangeError */
  constructor(secret: string) {
    if (!secretForm.test(secret)) throw new RangeError('A secret has 64 hexadecimal digits');
    this.#secret = Buffer.from(secret, 'hex');
  }

  /** The key in Fabric: it begins with the logical key, so what has a common prefix stays together. */
  key(logicalKey: string): string {
    return `${logicalKey}${separator}${this.#mac(logicalKey)}`;
  }

  /** The logical key; undefined where the key was not made with this secret. */
  logicalKey(key: string): string | undefined {
    const logicalKey = key.slice(0, -(macLength + separator.length));
    return this.key(logicalKey) === key ? logicalKey : undefined;
  }

  /** The value in Fabric. Every endorser of the transaction makes the same; another transaction makes another of the same value. */
  value(txId: string, logicalKey: string, value: string): string {
    // A logical key never holds the separator, so this is never the text of which a key's blinding is made.
    return this.#mac(`${txId}${separator}${logicalKey}`) + value;
  }

  /** The value without its salt. */
  static plainValue(value: string): string {
    return value.slice(macLength);
  }

  /** The secret of a collection that begins later: whoever holds this one, and nobody else, could make it. */
  secretOf(collection: Collection): string {
    return createHmac('sha256', this.#secret).update(`collection${separator}${collection}`, 'utf8').digest('hex');
  }

  #mac(text: string): string {
    return createHmac('sha256', this.#secret).update(text, 'utf8').digest('base64url');
  }
}
