import { peer } from '@hyperledger/fabric-protos';
import { AdministrationError } from './administration-error';
import type { ChaincodeDefinition } from './chaincode-definition';
import { describes, fill } from './chaincode-definition';
import { packageId } from './chaincode-package';
import type { ChaincodePackage } from './chaincode-package';
import { poll } from '../poll';
import { PeerConnection } from './peer-connection';
import type { PeerAccess } from './peer-connection';
import { signedProposal, signedTransaction } from './proposal';
import type { SignedProposal } from './proposal';

const LIFECYCLE = '_lifecycle';

/** Stands for a package whose id is lost; no package has this id. */
export const UNKNOWN_PACKAGE = 'unknown';
// A peer's words for private data of which it has no more than the hash.
const LOST = 'private data matching public hash version is not available';

const ENDORSERS_MS = 30_000;
const PAUSE_MS = 200;

interface Endorsed {
  readonly proposal: SignedProposal;
  readonly responses: readonly peer.ProposalResponse[];
}

interface Serializable {
  serializeBinary(): Uint8Array;
}

/** A definition that is committed on the channel. */
export interface CommittedDefinition {
  readonly sequence: number;
  readonly version: string;
  /** Whether it is the definition that was asked about. */
  readonly matches: boolean;
}

/**
 * One organisation's administration of chaincodes, as `peer lifecycle chaincode` does it, for any Fabric network of version 2.4 or
 * later: the organisation's peer must have its gateway enabled.
 */
export class LifecycleClient {
  readonly #channel: string;
  readonly #peer: PeerConnection;

  constructor(channel: string, access: PeerAccess) {
    this.#channel = channel;
    this.#peer = new PeerConnection(access);
  }

  get mspId(): string {
    return this.#peer.mspId;
  }

  /**
   * Installs a package on the organisation's peer.
   *
   * @returns the package id by the peer's own account.
   * @throws AdministrationError `ProposalRefused`, for instance where it is installed already.
   */
  async install(chaincode: ChaincodePackage): Promise<string> {
    const args = new peer.lifecycle.InstallChaincodeArgs();
    args.setChaincodeInstallPackage(chaincode.bytes);
    const payload = await this.#query('', 'InstallChaincode', args);
    const installed = peer.lifecycle.InstallChaincodeResult.deserializeBinary(payload).getPackageId();
    if (installed !== packageId(chaincode.label, chaincode.bytes)) {
      throw new AdministrationError('ProposalRefused', {
        mspId: this.mspId,
        operation: 'InstallChaincode',
        message: `the peer computed the package id ${installed}, not ${chaincode.packageId}`,
      });
    }
    return installed;
  }

  /** The ids of the packages on the organisation's peer. */
  async queryInstalled(): Promise<readonly string[]> {
    const args = new peer.lifecycle.QueryInstalledChaincodesArgs();
    const payload = await this.#query('', 'QueryInstalledChaincodes', args);
    const result = peer.lifecycle.QueryInstalledChaincodesResult.deserializeBinary(payload);
    return result.getInstalledChaincodesList().map((installed) => installed.getPackageId());
  }

  /** Approves the definition for this organisation, to be run by the package. */
  async approve(definition: ChaincodeDefinition, sequence: number, packageIdentifier: string): Promise<void> {
    const local = new peer.lifecycle.ChaincodeSource.Local();
    local.setPackageId(packageIdentifier);
    const source = new peer.lifecycle.ChaincodeSource();
    source.setLocalPackage(local);
    const args = fill(new peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs(), definition, sequence);
    args.setSource(source);
    await this.#transact('ApproveChaincodeDefinitionForMyOrg', args, [this]);
  }

  /**
   * The id of the package with which this organisation has approved this definition at this sequence: undefined where it has not, empty
   * where it has approved without a package. An approval stands as hashes on the ledger, and in clear at the organisation's own peers
   * alone. Of one that they have lost with all their data nobody can tell more than that it stands, and Fabric lets nobody repeat it:
   * then it is `UNKNOWN_PACKAGE`. The peer can run the package if it was the approved one.
   */
  async approvedPackage(definition: ChaincodeDefinition, sequence: number): Promise<string | undefined> {
    const args = new peer.lifecycle.QueryApprovedChaincodeDefinitionArgs();
    args.setName(definition.name);
    args.setSequence(sequence);
    let payload: Uint8Array | undefined;
    try {
      payload = await this.#ifKnown(async () => this.#query(this.#channel, 'QueryApprovedChaincodeDefinition', args));
    } catch (error) {
      if (error instanceof AdministrationError && error.message.includes(LOST)) return UNKNOWN_PACKAGE;
      throw error;
    }
    if (payload === undefined) return undefined;
    const result = peer.lifecycle.QueryApprovedChaincodeDefinitionResult.deserializeBinary(payload);
    return describes(result, definition) ? (result.getSource()?.getLocalPackage()?.getPackageId() ?? '') : undefined;
  }

  /** Whether this organisation has approved this definition at this sequence with this package, as far as can be told. */
  async hasApproved(definition: ChaincodeDefinition, sequence: number, packageIdentifier: string): Promise<boolean> {
    const approved = await this.approvedPackage(definition, sequence);
    return approved === packageIdentifier || approved === UNKNOWN_PACKAGE;
  }

  /** Which organisations of the channel have approved the definition, by MSP id. */
  async checkCommitReadiness(definition: ChaincodeDefinition, sequence: number): Promise<ReadonlyMap<string, boolean>> {
    const args = fill(new peer.lifecycle.CheckCommitReadinessArgs(), definition, sequence);
    const payload = await this.#query(this.#channel, 'CheckCommitReadiness', args);
    const approvals = peer.lifecycle.CheckCommitReadinessResult.deserializeBinary(payload).getApprovalsMap();
    return new Map(approvals.getEntryList());
  }

  /** Commits the definition with the endorsements of this organisation's peer and of the others'. */
  async commit(definition: ChaincodeDefinition, sequence: number, others: readonly LifecycleClient[]): Promise<void> {
    const args = fill(new peer.lifecycle.CommitChaincodeDefinitionArgs(), definition, sequence);
    await this.#transact('CommitChaincodeDefinition', args, [this, ...others]);
  }

  /** The committed definition of the chaincode's name, or undefined. */
  async queryCommitted(definition: ChaincodeDefinition): Promise<CommittedDefinition | undefined> {
    const args = new peer.lifecycle.QueryChaincodeDefinitionArgs();
    args.setName(definition.name);
    const payload = await this.#ifKnown(async () => this.#query(this.#channel, 'QueryChaincodeDefinition', args));
    if (payload === undefined) return undefined;
    const result = peer.lifecycle.QueryChaincodeDefinitionResult.deserializeBinary(payload);
    return { sequence: result.getSequence(), version: result.getVersion(), matches: describes(result, definition) };
  }

  close(): void {
    this.#peer.close();
  }

  async #query(channel: string, operation: string, args: Serializable): Promise<Uint8Array> {
    const response = await this.#peer.endorse(operation, this.#propose(channel, operation, args));
    return response.getResponse()?.getPayload_asU8() ?? new Uint8Array();
  }

  async #transact(operation: string, args: Serializable, endorsers: readonly LifecycleClient[]): Promise<void> {
    let endorsed: Endorsed | undefined;
    let failure: unknown;
    // Peers take a block each at its own time: one that is behind comes to another result, or refuses, and not for long.
    await poll(
      ENDORSERS_MS,
      async () => {
        const proposal = this.#propose(this.#channel, operation, args);
        const answers = await Promise.allSettled(
          endorsers.map(async (endorser) => ({
            mspId: endorser.mspId,
            response: await endorser.#peer.endorse(operation, proposal),
          })),
        );
        const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
        const [refused] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
        failure = refused ?? this.#difference(operation, given);
        if (failure === undefined) endorsed = { proposal, responses: given.map(({ response }) => response) };
        // What all of them refuse is refused.
        return failure === undefined || given.length === 0;
      },
      PAUSE_MS,
    );
    if (endorsed === undefined) throw failure;
    const { proposal, responses } = endorsed;
    const payload = responses[0]?.getPayload_asU8() ?? new Uint8Array();
    const endorsements = responses.flatMap((response) => response.getEndorsement() ?? []);
    const envelope = signedTransaction(this.#peer.signer, proposal, payload, endorsements);
    await this.#peer.submit(operation, proposal, envelope);
  }

  #difference(
    operation: string,
    given: readonly { readonly mspId: string; readonly response: peer.ProposalResponse }[],
  ): AdministrationError | undefined {
    const payload = given[0]?.response.getPayload_asU8() ?? new Uint8Array();
    const other = given.find(({ response }) => !Buffer.from(response.getPayload_asU8()).equals(payload));
    if (other === undefined) return undefined;
    const message = `its result differs from that of ${given[0]?.mspId ?? ''}`;
    return new AdministrationError('EndorsementsDiffer', { mspId: other.mspId, operation, message });
  }

  #propose(channel: string, operation: string, args: Serializable): SignedProposal {
    return signedProposal(this.#peer.signer, channel, LIFECYCLE, [Buffer.from(operation), args.serializeBinary()]);
  }

  // Fabric has no status for "there is none": a refusal is all that a peer says. The text is Fabric's, stable since version 2.0;
  // should it change, the refusal is passed on rather than taken for absence.
  async #ifKnown(query: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
    try {
      return await query();
    } catch (error) {
      if (error instanceof AdministrationError && /is not defined|could not fetch approved/.test(error.message)) {
        return undefined;
      }
      throw error;
    }
  }
}
