import { join } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import type { Deciders } from '../../channel';
import { EngineNodes, type ListeningNode, type NodeEndpoint } from './endpoints/engine-nodes';
import { LedgerError, makeGenesisBlock, openLedger, type EmbeddedLedger, type GenesisOrganisation } from './ledger';
import { DEFAULT_BLOCK_CUTTING, type BlockCutting } from './ordering/ordering-service';
import type { Ledger, Signer } from './ports';

/** An organisation's authorities, as PEM texts. */
export interface Authorities {
  /** The root of its signing identities. */
  readonly rootCertificate: string;
  readonly tlsRootCertificate: string;
  /** What the first of them has revoked; undefined: nothing. */
  readonly revocationList?: string;
}

export interface EngineOrganisation extends Authorities {
  readonly mspId: string;
  /** Undefined: its users act at the peers of others, and it holds no private values. */
  readonly peer?: {
    readonly endpoint: NodeEndpoint;
    readonly signer: Signer;
    /** Values for `{{.name}}` in the connection.json of chaincode packages, as Fabric's builder for services takes them. */
    readonly chaincodeVariables?: Readonly<Record<string, string>>;
  };
}

export interface EngineOrderer extends Authorities {
  readonly mspId: string;
  readonly endpoint: NodeEndpoint;
  readonly signer: Signer;
}

export interface EngineSettings {
  readonly blockCutting?: Partial<BlockCutting>;
  /** How long a chaincode may take for a transaction; 30 s unless told. */
  readonly chaincodeTimeout_ms?: number;
  /** How far the timestamp of a request may be from this clock, either way; 15 minutes unless told. */
  readonly timeWindow_ms?: number;
  /** Milliseconds since the epoch; the machine's clock unless told. */
  readonly now?: () => number;
}

export interface EngineOptions {
  /** Holds the ledger and the installed chaincode packages. */
  readonly directory: string;
  readonly channel: string;
  readonly organisations: readonly EngineOrganisation[];
  /** At least one. The first signs the blocks. */
  readonly orderers: readonly EngineOrderer[];
  /** Who decides on the chaincode of a channel that is founded; undefined leaves it to a majority of the organisations. */
  readonly deciders?: Deciders;
  /** Organisations that may ask peers of a channel that is founded for whole blocks; undefined lets every reader do so. */
  readonly blockReaders?: readonly string[];
  readonly settings?: EngineSettings;
  /**
   * Told once, when a block could not be committed: the disk failed, or the ledger is damaged. Nothing is accepted from then on, until the
   * engine is closed and started anew. A warning of the process unless told.
   */
  readonly onFailure?: (failure: Error) => void;
}

export interface Engine {
  /** Where each node listens: ports as given, or the free ones that were taken. */
  readonly endpoints: { readonly peers: readonly ListeningNode[]; readonly orderers: readonly ListeningNode[] };
  readonly ledger: Ledger;
  /** From now on a block is cut only by `cutBlock`. */
  holdBlocks(): void;
  /** Cuts a block of the transactions that wait, and returns when it is committed. */
  cutBlock(): Promise<void>;
  /**
   * Whoever runs the service of a chaincode package may tell that its process has ended: transactions that it has not answered fail
   * then at once. Peers otherwise learn it from their connections, of a few of them late.
   */
  serviceEnded(packageId: string): void;
  /** Commits what was accepted, then lets go of everything. */
  close(): Promise<void>;
}

/** Options that do not fit each other or the ledger in the directory. */
export class EngineOptionsInvalid extends Error {
  readonly code = 'EngineOptionsInvalid';

  constructor(message: string) {
    super(message);
    this.name = 'EngineOptionsInvalid';
  }
}

const CHAINCODE_TIMEOUT_MS = 30_000;
const TIME_WINDOW_MS = 15 * 60 * 1_000;

/**
 * Starts a network of one channel in this process: for each organisation a peer with a gateway, and the orderers, on one ledger.
 * In an empty directory the channel is founded; otherwise it goes on where it was.
 * @throws PortInUse, ListenFailed; LedgerError; EngineOptionsInvalid
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const settings = options.settings ?? {};
  const blockCutting = { ...DEFAULT_BLOCK_CUTTING, ...settings.blockCutting };
  const now = settings.now ?? Date.now;
  const ledger = await open(options, blockCutting, now);
  try {
    checkSameChannel(options, ledger);
    const nodes = await EngineNodes.start({
      directory: options.directory,
      channel: options.channel,
      ledger,
      organisations: ledger.msps,
      applicationMspIds: ledger.channel.applicationOrganisations.map(({ mspId }) => mspId),
      keyPolicy: (envelope) =>
        ledger.channel.policies.signaturePolicy(common.SignaturePolicyEnvelope.deserializeBinary(envelope)),
      peers: options.organisations.flatMap(({ mspId, peer }) => (peer === undefined ? [] : [{ mspId, ...peer }])),
      orderers: options.orderers,
      settings: {
        blockCutting,
        now,
        chaincodeTimeout_ms: settings.chaincodeTimeout_ms ?? CHAINCODE_TIMEOUT_MS,
        timeWindow_ms: settings.timeWindow_ms ?? TIME_WINDOW_MS,
      },
      onFailure: options.onFailure ?? warnOfFailure,
    });
    return {
      endpoints: { peers: nodes.peers, orderers: nodes.orderers },
      ledger,
      holdBlocks: () => {
        nodes.ordering.hold();
      },
      cutBlock: async () => nodes.ordering.cut(),
      serviceEnded: (packageId) => {
        nodes.serviceEnded(packageId);
      },
      close: async () => {
        await nodes.close();
        await ledger.close();
      },
    };
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

function warnOfFailure(failure: Error): void {
  process.emitWarning(failure);
}

/** Opens the ledger that is there; where there is none, founds one. */
async function open(options: EngineOptions, cutting: BlockCutting, now: () => number): Promise<EmbeddedLedger> {
  const [first] = options.orderers;
  if (first === undefined) {
    throw new EngineOptionsInvalid('an engine needs at least one orderer');
  }
  const peers = options.organisations.flatMap(({ mspId, peer }) => (peer === undefined ? [] : [mspId]));
  const directory = join(options.directory, 'ledger');
  const place = { directory, ordererSigner: first.signer, peers, now, revoked: revokedOf(options) };
  try {
    return await openLedger(place);
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'GenesisMissing') {
      throw error;
    }
  }
  const genesis = makeGenesisBlock({
    channel: options.channel,
    organisations: options.organisations.map((organisation) =>
      genesisOrganisation(organisation, organisation.peer === undefined ? [] : [organisation.peer.endpoint]),
    ),
    ordererOrganisations: ordererOrganisations(options.orderers),
    batch: {
      maxMessageCount: cutting.maxMessageCount,
      absoluteMaxBytes: cutting.absoluteMaxBytes,
      preferredMaxBytes: cutting.preferredMaxBytes,
      timeout_ms: cutting.batchInterval_ms,
    },
    ...(options.deciders === undefined ? {} : { deciders: options.deciders }),
    ...(options.blockReaders === undefined ? {} : { blockReaders: options.blockReaders }),
  });
  return openLedger({ ...place, genesis });
}

function revokedOf({ organisations, orderers }: EngineOptions): ReadonlyMap<string, readonly Uint8Array[]> {
  const lists = new Map<string, readonly Uint8Array[]>();
  for (const { mspId, revocationList } of [...organisations, ...orderers]) {
    if (revocationList !== undefined) lists.set(mspId, [Buffer.from(revocationList)]);
  }
  return lists;
}

/** One an organisation, though it may run several orderers. */
function ordererOrganisations(orderers: readonly EngineOrderer[]): GenesisOrganisation[] {
  const first = new Map<string, EngineOrderer>();
  for (const orderer of orderers) {
    first.set(orderer.mspId, first.get(orderer.mspId) ?? orderer);
  }
  return [...first.values()].map((orderer) =>
    genesisOrganisation(
      orderer,
      orderers.filter(({ mspId }) => mspId === orderer.mspId).map(({ endpoint }) => endpoint),
    ),
  );
}

function genesisOrganisation(
  organisation: Authorities & { readonly mspId: string },
  endpoints: readonly NodeEndpoint[],
): GenesisOrganisation {
  return {
    mspId: organisation.mspId,
    rootCert: organisation.rootCertificate,
    tlsRootCert: organisation.tlsRootCertificate,
    nodes: endpoints.map(({ host, port }) => ({ host, port })),
  };
}

function checkSameChannel(options: EngineOptions, ledger: EmbeddedLedger): void {
  const { channelId, applicationOrganisations } = ledger.channel;
  if (channelId !== options.channel) {
    throw new EngineOptionsInvalid(`the directory holds channel ${channelId}, not ${options.channel}`);
  }
  const members = applicationOrganisations.map(({ mspId }) => mspId);
  for (const { mspId } of options.organisations) {
    if (!members.includes(mspId)) {
      throw new EngineOptionsInvalid(
        `${mspId} is not an organisation of channel ${channelId}: ${members.join(', ')} are`,
      );
    }
  }
}
