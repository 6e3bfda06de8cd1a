import { common, peer } from '@hyperledger/fabric-protos';
import type { Ledger, MspManager, SignedData } from '../ports';
import { parse } from './parse';
import { messageOf } from './rpc-error';

/** The access rules of a peer: who may use which resource. The channel's access control list decides, and Fabric's defaults where it is silent. */
export class AccessDenied extends Error {
  readonly code = 'AccessDenied';

  constructor(message: string) {
    super(message);
    this.name = 'AccessDenied';
  }
}

export const READERS = '/Channel/Application/Readers';
export const WRITERS = '/Channel/Application/Writers';

const PROPOSAL_WITHOUT_CHANNEL = (path: string): string =>
  `Failed getting local MSP principal during channelless check policy with policy [${path}]: [Could not find principal for role ${path}]`;
const DATA_WITHOUT_CHANNEL = (): string =>
  'Invalid channel ID name during check policy on signed data. Name must be different from nil.';

type LocalPolicy = 'Admins' | 'Members';

const LOCAL_RESOURCES: ReadonlyMap<string, LocalPolicy> = new Map<string, LocalPolicy>([
  ['_lifecycle/InstallChaincode', 'Admins'],
  ['_lifecycle/QueryInstalledChaincode', 'Admins'],
  ['_lifecycle/GetInstalledChaincodePackage', 'Admins'],
  ['_lifecycle/QueryInstalledChaincodes', 'Admins'],
  ['_lifecycle/ApproveChaincodeDefinitionForMyOrg', 'Admins'],
  ['_lifecycle/QueryApprovedChaincodeDefinition', 'Admins'],
  ['_lifecycle/QueryApprovedChaincodeDefinitions', 'Admins'],
  ['cscc/GetChannels', 'Members'],
]);

const CHANNEL_RESOURCES: ReadonlyMap<string, string> = new Map([
  ['_lifecycle/CommitChaincodeDefinition', WRITERS],
  ['_lifecycle/QueryChaincodeDefinition', WRITERS],
  ['_lifecycle/QueryChaincodeDefinitions', WRITERS],
  ['_lifecycle/CheckCommitReadiness', WRITERS],
  ['qscc/GetChainInfo', READERS],
  ['qscc/GetBlockByNumber', READERS],
  ['qscc/GetBlockByHash', READERS],
  ['qscc/GetTransactionByID', READERS],
  ['qscc/GetBlockByTxID', READERS],
  ['cscc/GetConfigBlock', READERS],
  ['cscc/GetChannelConfig', READERS],
  ['peer/Propose', WRITERS],
  ['peer/ChaincodeToChaincode', WRITERS],
  ['event/Block', READERS],
  ['event/FilteredBlock', READERS],
  ['gateway/CommitStatus', READERS],
  ['gateway/ChaincodeEvents', READERS],
]);

/** Decides for one organisation's peer. */
export class AccessControl {
  readonly #channel: string;
  readonly #mspId: string;
  readonly #organisations: MspManager;
  readonly #ledger: Ledger;

  constructor(channel: string, mspId: string, organisations: MspManager, ledger: Ledger) {
    this.#channel = channel;
    this.#mspId = mspId;
    this.#organisations = organisations;
    this.#ledger = ledger;
  }

  /** @throws AccessDenied in a peer's words. */
  checkProposal(resource: string, channel: string, signed: peer.SignedProposal): void {
    this.#check(resource, channel, signedDataOf(signed), PROPOSAL_WITHOUT_CHANNEL);
  }

  /** @throws AccessDenied in a peer's words. */
  check(resource: string, channel: string, signed: SignedData): void {
    this.#check(resource, channel, signed, DATA_WITHOUT_CHANNEL);
  }

  #check(resource: string, channel: string, signed: SignedData, withoutChannel: (path: string) => string): void {
    const local = LOCAL_RESOURCES.get(resource);
    if (local !== undefined) {
      this.#checkLocal(local, signed);
      return;
    }
    const configured = channel === this.#channel ? this.#ledger.policyOfResource(resource) : undefined;
    if (configured !== undefined) {
      this.#checkConfigured(configured, signed);
      return;
    }
    const path = CHANNEL_RESOURCES.get(resource);
    if (path === undefined) {
      throw new AccessDenied(`Unmapped policy for ${resource}`);
    }
    if (channel === '') {
      throw new AccessDenied(withoutChannel(path));
    }
    if (channel !== this.#channel) {
      throw new AccessDenied(`Failed to get policy manager for channel [${channel}]`);
    }
    const policy = this.#ledger.policy(path);
    if (policy?.satisfiedBy([signed]) !== true) {
      throw new AccessDenied(
        `Failed evaluating policy on signed data during check policy on channel [${channel}] with policy [${path}]: [${policy?.refusal ?? unsatisfied(path)}]`,
      );
    }
  }

  #checkConfigured(path: string, signed: SignedData): void {
    const policy = this.#ledger.policy(path);
    if (policy?.satisfiedBy([signed]) === true) return;
    const reason = policy === undefined ? `policy ${path} not found` : 'signature set did not satisfy policy';
    throw new AccessDenied(`failed evaluating policy on signed data during check policy [${path}]: [${reason}]`);
  }

  #checkLocal(policy: LocalPolicy, signed: SignedData): void {
    const during = `during channelless check policy with policy [${policy}]`;
    let identity;
    try {
      identity = this.#organisations.identify(signed.identity);
    } catch (error) {
      throw new AccessDenied(`Failed deserializing proposal creator ${during}: [${messageOf(error)}]`);
    }
    if (identity.mspId !== this.#mspId) {
      throw new AccessDenied(
        `Failed deserializing proposal creator ${during}: [expected MSP ID ${this.#mspId}, received ${identity.mspId}]`,
      );
    }
    if (policy === 'Admins' && identity.role !== 'admin') {
      throw new AccessDenied(
        `Failed verifying that proposal's creator satisfies local MSP principal ${during}: [The identity is not an admin under this MSP [${this.#mspId}]: The identity does not contain OU [ADMIN], MSP: [${this.#mspId}]]`,
      );
    }
    if (!identity.verifies(signed.data, signed.signature)) {
      throw new AccessDenied('The signature is invalid');
    }
  }
}

/** How a channel says that none of its organisations' policies of that name was met. */
export function unsatisfied(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return `implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the '${name}' sub-policies to be satisfied`;
}

function signedDataOf(signed: peer.SignedProposal): SignedData {
  const proposal = parse(peer.Proposal, 'Proposal', signed.getProposalBytes_asU8());
  const header = parse(common.Header, 'Header', proposal.getHeader_asU8());
  const signatureHeader = parse(common.SignatureHeader, 'SignatureHeader', header.getSignatureHeader_asU8());
  return {
    data: signed.getProposalBytes_asU8(),
    identity: signatureHeader.getCreator_asU8(),
    signature: signed.getSignature_asU8(),
  };
}
