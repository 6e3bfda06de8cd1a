import type { NetworkFiles } from './network-files';
import { CHAINCODE_SERVICE, portNames, presentOrganisations } from './network-record';
import type { NetworkRecord } from './network-record';

/** The name of the embedded engine's one process, in which all of its peers and orderers are. */
export const ENGINE_PROCESS = 'engine';

/** A process of a network, whether it runs or not. */
export interface NetworkNode {
  /** The node's host name, or `chaincode.` and the organisation's domain; of an embedded network `engine` and `chaincode`. */
  readonly name: string;
  readonly kind: 'engine' | 'orderer' | 'peer' | 'chaincode';
  /** Whose it is, where it is one organisation's. */
  readonly mspId?: string;
}

/** The processes of a directory's network, in the order in which they are started. */
export function networkNodes(record: NetworkRecord): readonly NetworkNode[] {
  if (record.engine === 'embedded') {
    return [
      { name: ENGINE_PROCESS, kind: 'engine' },
      { name: CHAINCODE_SERVICE, kind: 'chaincode' },
    ];
  }
  const organisations = presentOrganisations(record);
  return [
    ...organisations.flatMap(({ mspId, orderer }): NetworkNode[] =>
      orderer === undefined ? [] : [{ name: orderer.hostname, kind: 'orderer', mspId }],
    ),
    ...organisations.map(({ mspId, peer }): NetworkNode => ({ name: peer.hostname, kind: 'peer', mspId })),
    ...organisations.map((organisation): NetworkNode => ({
      name: portNames.chaincode(organisation),
      kind: 'chaincode',
      mspId: organisation.mspId,
    })),
  ];
}

/** The file that takes a process's output. */
export function logOf(
  files: NetworkFiles,
  { engine }: Pick<NetworkRecord, 'engine'>,
  { name, kind }: NetworkNode,
): string {
  if (engine !== 'embedded') return files.nodeLog(name);
  return kind === 'engine' ? files.engineLog : files.chaincodeLog;
}
