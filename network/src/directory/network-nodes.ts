import type { NetworkFiles } from './network-files';
import {
  CHAINCODE_SERVICE,
  ENGINE_PROCESS,
  KEEP,
  portNames,
  presentOrganisations,
  presentPeers,
  schedulerName,
} from './network-record';
import type { NetworkRecord } from './network-record';

export type ProcessKind = 'engine' | 'orderer' | 'peer' | 'chaincode' | 'scheduler' | 'keep';

/** A process of a network, whether it runs or not. */
export interface NetworkNode {
  /**
   * The node's host name, or `chaincode.` or `scheduler.` and the organisation's domain; of an embedded network `engine` and `chaincode`,
   * beside the schedulers. `keep` of what keeps it running.
   */
  readonly name: string;
  readonly kind: ProcessKind;
  /** Whose it is, where it is one organisation's. */
  readonly mspId?: string;
}

/** The processes of a directory's network without which it does not serve, in the order in which they are started. */
export function networkNodes(record: NetworkRecord): readonly NetworkNode[] {
  if (record.engine === 'embedded') {
    return [
      { name: ENGINE_PROCESS, kind: 'engine' },
      { name: CHAINCODE_SERVICE, kind: 'chaincode' },
    ];
  }
  const peers = presentPeers(record);
  return [
    ...presentOrganisations(record).flatMap(({ mspId, orderer }): NetworkNode[] =>
      orderer === undefined ? [] : [{ name: orderer.hostname, kind: 'orderer', mspId }],
    ),
    ...peers.map(({ mspId, peer }): NetworkNode => ({ name: peer.hostname, kind: 'peer', mspId })),
    ...peers.map((organisation): NetworkNode => ({
      name: portNames.chaincode(organisation),
      kind: 'chaincode',
      mspId: organisation.mspId,
    })),
  ];
}

/** The schedulers that the operators of a directory may have: they make the market's cycles, and a network serves without them. */
export function schedulerNodes(record: NetworkRecord): readonly NetworkNode[] {
  return presentOrganisations(record)
    .filter(({ role }) => role === 'operator')
    .map((organisation): NetworkNode => ({
      name: schedulerName(organisation),
      kind: 'scheduler',
      mspId: organisation.mspId,
    }));
}

/** What keeps the network running, where somebody has had `kessai keep` do so. */
export function keepingNodes({ ports }: NetworkRecord): readonly NetworkNode[] {
  return ports[portNames.metrics({ name: KEEP })] === undefined ? [] : [{ name: KEEP, kind: 'keep' }];
}

/** The file that takes a process's output. */
export function logOf(
  files: NetworkFiles,
  { engine }: Pick<NetworkRecord, 'engine'>,
  { name, kind }: NetworkNode,
): string {
  if (engine !== 'embedded' || kind === 'scheduler') return files.nodeLog(name);
  return kind === 'engine' ? files.engineLog : files.chaincodeLog;
}
