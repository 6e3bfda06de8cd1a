import { createHash } from 'node:crypto';
import { mspId } from '@kessai/interface';
import type { Caller } from '@kessai/ledger';
import { type CertificateFacts, certificateFacts } from './certificate';
import type { Stub } from './stub';

/** The organisational units by which Fabric tells nodes and people apart (NodeOUs). */
const nodeRoles = ['client', 'admin', 'peer', 'orderer'] as const;
/** Restricts what the holder of a certificate may do within its organisation's role. */
const restrictionAttribute = 'kessai.role';
/** What no role is called: an attribute that cannot be read must not leave its holder unrestricted. */
const unreadable = '(unreadable)';

/** Who signed the proposal. The peer has checked the signature and the certificate's chain before the chaincode sees it. @throws FieldError */
export function callerOf(stub: Pick<Stub, 'getCreator'>): Caller {
  const creator = stub.getCreator();
  const { units, attributes } = knownFacts(creator.idBytes);
  const named = nodeRoles.filter((role) => units.includes(role));
  return {
    mspId: mspId.decode(creator.mspid, 'creator'),
    nodeRole: named.length === 1 ? named[0] : undefined,
    restriction: attributes === undefined ? undefined : restrictionOf(attributes),
  };
}

/** The same few clients come again and again, and reading a certificate costs more than the rest of a small transaction. */
const known = new Map<string, CertificateFacts>();
const maxKnown = 1_000;

function knownFacts(certificate: Uint8Array): CertificateFacts {
  // By its digest, so that what is kept is small whatever was sent.
  const digest = createHash('sha256').update(certificate).digest('base64');
  const found = known.get(digest) ?? certificateFacts(certificate);
  // Entered again, it is the youngest: the one that was not seen for longest makes room.
  known.delete(digest);
  known.set(digest, found);
  for (const oldest of known.keys()) {
    if (known.size <= maxKnown) break;
    known.delete(oldest);
  }
  return found;
}

function restrictionOf(attributes: string): string | undefined {
  try {
    const { attrs } = JSON.parse(attributes) as { attrs?: Readonly<Record<string, unknown>> };
    if (attrs === undefined || !Object.hasOwn(attrs, restrictionAttribute)) return undefined;
    const value = attrs[restrictionAttribute];
    return typeof value === 'string' && value !== '' ? value : unreadable;
  } catch {
    return unreadable;
  }
}
