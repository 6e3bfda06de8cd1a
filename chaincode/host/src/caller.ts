import { mspId } from '@kessai/interface';
import type { Caller } from '@kessai/ledger';
import { certificateFacts } from './certificate';
import type { Stub } from './stub';

/** The organisational units by which Fabric tells nodes and people apart (NodeOUs). */
const nodeRoles = ['client', 'admin', 'peer', 'orderer'] as const;
/** Restricts what the holder of a certificate may do within its organisation's role. */
const restrictionAttribute = 'kessai.role';
/** What no role is called: an attribute that cannot be read must not leave its holder unrestricted. */
const unreadable = '(unreadable)';

/** Who signed the proposal. The peer has checked the signature and the certificate's chain before the chaincode sees it. */
export function callerOf(stub: Pick<Stub, 'getCreator'>): Caller {
  const creator = stub.getCreator();
  const { units, attributes } = certificateFacts(creator.idBytes);
  const named = nodeRoles.filter((role) => units.includes(role));
  return {
    mspId: mspId.decode(creator.mspid, 'creator'),
    nodeRole: named.length === 1 ? named[0] : undefined,
    restriction: attributes === undefined ? undefined : restrictionOf(attributes),
  };
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
