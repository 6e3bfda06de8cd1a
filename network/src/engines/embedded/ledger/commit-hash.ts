import { compareUtf8, sha256 } from './bytes';
import type { StateChange } from './state-changes';
import { versionBytes } from './version';

/**
 * Fabric's commit hash: the validation codes, the block's changes of public and hashed state, and the commit hash of the block before,
 * so that two peers can see from one number that they have judged and stored alike.
 */
export function commitHash(codes: readonly number[], changes: readonly StateChange[], previous: Uint8Array): Buffer {
  return sha256(varint(codes.length), Uint8Array.from(codes), changesBytes(changes), previous);
}

/** txmgr.Updates: by namespace the public keys, then the collections; a name stands only where it changes. */
function changesBytes(changes: readonly StateChange[]): Buffer {
  const ordered = changes.filter(({ address }) => address.namespace !== '').sort(compareChanges);
  let previous: StateChange | undefined;
  const writes = ordered.map((change) => {
    const { namespace, collection } = change.address;
    const sameNamespace = previous?.address.namespace === namespace;
    const sameCollection = sameNamespace && previous?.address.collection === collection;
    previous = change;
    return bytesField(1, writeBytes(change, sameNamespace ? '' : namespace, sameCollection ? '' : collection));
  });
  return Buffer.concat(writes);
}

/** txmgr.KVWrite */
function writeBytes({ address, value, version }: StateChange, namespace: string, collection: string): Buffer {
  const key = Buffer.from(address.key, address.collection === '' ? 'utf8' : 'hex');
  return Buffer.concat([
    bytesField(1, Buffer.from(namespace)),
    bytesField(2, Buffer.from(collection)),
    bytesField(3, key),
    value === undefined ? Buffer.from([4 << 3, 1]) : Buffer.alloc(0),
    bytesField(5, value ?? Buffer.alloc(0)),
    bytesField(6, versionBytes(version)),
  ]);
}

function compareChanges({ address: left }: StateChange, { address: right }: StateChange): number {
  return (
    compareUtf8(left.namespace, right.namespace) ||
    compareUtf8(left.collection, right.collection) ||
    compareUtf8(left.key, right.key)
  );
}

/** A field of bytes as protobuf writes it: left out when empty. */
function bytesField(number: number, bytes: Uint8Array): Buffer {
  if (bytes.length === 0) return Buffer.alloc(0);
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
