import type { Topology } from '../topology';
import { NetworkError } from './network-error';

/** Byzantine fault tolerance of one needs three times that and one more. */
const FEWEST_CONSENTERS = 4;

/** Before anything is made of a topology for real Fabric. @throws NetworkError `ConsentersTooFew`. */
export function requireConsenters({ organisations }: Topology): void {
  const consenters = organisations.filter(({ orderer }) => orderer !== undefined).map(({ mspId }) => mspId);
  if (consenters.length >= FEWEST_CONSENTERS) return;
  throw new NetworkError(
    'ConsentersTooFew',
    `the topology has ${consenters.length.toString()} orderers; a network that bears the loss of one needs ${FEWEST_CONSENTERS.toString()}`,
    'Add `orderer: {}` to more organisations of the topology, or use --engine embedded.',
    { field: 'organisations', consenters, needed: FEWEST_CONSENTERS },
  );
}
