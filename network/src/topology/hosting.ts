import { hostIn } from './host';
import { nodeOf, PEER_HOST } from './organisation-fields';
import type { OrganisationFields } from './organisation-fields';
import type { Organisation, OrganisationRole, Topology } from './topology';
import { findOrganisation } from './topology';
import type { YamlField } from './yaml-field';

/** Operators and auditors hold what others have entrusted to them: that they do on nodes of their own. */
const HOSTABLE: readonly OrganisationRole[] = ['institution', 'settlement-bank', 'issuer'];

/** Where an organisation's nodes are: its host and its peer, or who hosts it. @throws TopologyError `FieldMissing`, `FieldValue`. */
export function placeIn(
  field: YamlField,
  { host, peer, hostedBy, orderer }: Pick<OrganisationFields, 'host' | 'peer' | 'hostedBy' | 'orderer'>,
  { mspId, role, domain }: Pick<Organisation, 'mspId' | 'role' | 'domain'>,
): Pick<Organisation, 'host' | 'peer' | 'hostedBy'> {
  if (hostedBy === undefined) {
    if (peer === undefined) {
      const remedy = 'Add `peer: {}`; or hostedBy, with the MSP id of the operator at whose peer its users act.';
      field.fail('FieldMissing', `${mspId} has no peer, and nobody hosts it`, remedy);
    }
    return { ...(host === undefined ? {} : { host: hostIn(host) }), peer: nodeOf(peer, `${PEER_HOST}.${domain}`) };
  }
  for (const node of [peer, orderer, host]) {
    node?.fail('FieldValue', `${mspId} is hosted, so that it has no node of its own`, 'Remove the field, or hostedBy.');
  }
  if (!HOSTABLE.includes(role)) {
    const remedy = `Give it a peer; hosted may be: ${HOSTABLE.join(', ')}.`;
    hostedBy.fail('FieldValue', `an organisation of the role ${role} runs a peer of its own`, remedy);
  }
  return { peer: undefined, hostedBy: hostedBy.text() };
}

/** Refuses who is hosted by nobody that could. @throws TopologyError `OrganisationUnknown`, `FieldValue`. */
export function checkHosting(topology: Topology, { mspId, role, hostedBy }: Organisation, at: YamlField): void {
  if (hostedBy === undefined) return;
  const operators = topology.organisations.filter((one) => one.role === 'operator').map((one) => one.mspId);
  const remedy = `Use one of: ${operators.join(', ')}.`;
  const host = findOrganisation(topology, hostedBy);
  if (host === undefined) at.fail('OrganisationUnknown', `${hostedBy}, who hosts ${mspId}, is not known`, remedy);
  if (host.role !== 'operator') at.fail('FieldValue', `${hostedBy} is no operator, and hosts nobody`, remedy);
  if (role !== topology.chaincode.endorsement.role) return;
  at.fail('FieldValue', `organisations of the role ${role} endorse, each by its own peer`, 'Give it a peer.');
}
