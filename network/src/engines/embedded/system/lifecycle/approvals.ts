import { IMPLICIT_PREFIX } from '../../chaincode/transaction';
import type { Simulator } from '../../ports';
import {
  definitionFields,
  definitionOf,
  difference,
  localPackageFields,
  parameterFields,
  parametersOf,
  sequenceOf,
  withDefaults,
  type ChaincodeParameters,
  type StoredDefinition,
} from './definition';
import { LifecycleError } from './lifecycle-error';
import {
  fieldKey,
  LIFECYCLE,
  mismatchesOf,
  NAMESPACES,
  readMetadata,
  serialize,
  SOURCES,
  textOf,
  type ReadState,
  type WritableState,
} from './serializer';

export interface Approval {
  readonly chaincode: string;
  readonly sequence: bigint;
  readonly parameters: ChaincodeParameters;
  /** Empty where the organisation approved without having the chaincode. */
  readonly packageId: string;
}

/** What each organisation of the channel says to a definition. */
export interface Agreement {
  readonly approvals: ReadonlyMap<string, boolean>;
  /** Names of the fields in which an organisation's approval differs. */
  readonly mismatches: ReadonlyMap<string, readonly string[]>;
}

/** The state of `_lifecycle` in one transaction, with the rules by which definitions are approved and committed. */
export class LifecycleState {
  readonly #simulator: Simulator;

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  readonly #read: ReadState = (key) => this.#simulator.get(LIFECYCLE, key);

  committed(chaincode: string): Promise<StoredDefinition | undefined> {
    return definitionOf(chaincode, this.#read);
  }

  /** Records an organisation's approval in its own collection. @throws LifecycleError */
  async approve(mspId: string, approval: Approval): Promise<void> {
    const { chaincode, sequence } = approval;
    const current = await sequenceOf(chaincode, this.#read);
    if (current === 0n && sequence === 0n) {
      throw new LifecycleError('requested sequence is 0, but first definable sequence number is 1');
    }
    if (sequence < current) {
      throw new LifecycleError(
        `currently defined sequence ${current.toString()} is larger than requested sequence ${sequence.toString()}`,
      );
    }
    if (sequence > current + 1n) {
      throw new LifecycleError(
        `requested sequence ${sequence.toString()} is larger than the next available sequence number ${(current + 1n).toString()}`,
      );
    }
    const complete = { ...approval, parameters: withDefaults(approval.parameters) };
    if (sequence === current) {
      await this.#checkSameAsCommitted(complete);
    }
    const own = this.#ownState(mspId);
    if (await this.#isRepeated(complete, (key) => own.get(key))) {
      throw new LifecycleError(
        sequence === current
          ? `attempted to redefine the current committed sequence (${sequence.toString()}) for namespace ${chaincode}`
          : `attempted to redefine uncommitted sequence (${sequence.toString()}) for namespace ${chaincode} with unchanged content`,
      );
    }
    const name = privateName(chaincode, sequence);
    await serialize(NAMESPACES, name, parameterFields(complete.parameters), own);
    await serialize(SOURCES, name, localPackageFields(approval.packageId), own);
  }

  /** What the organisations say to a definition that would be the next. @throws LifecycleError for any other sequence */
  async readiness(
    chaincode: string,
    definition: StoredDefinition,
    mspIds: readonly string[],
  ): Promise<Agreement & { readonly definition: StoredDefinition }> {
    const current = await sequenceOf(chaincode, this.#read);
    if (definition.sequence !== current + 1n) {
      throw new LifecycleError(
        `requested sequence is ${definition.sequence.toString()}, but new definition must be sequence ${(current + 1n).toString()}`,
      );
    }
    const complete = { sequence: definition.sequence, parameters: withDefaults(definition.parameters) };
    return { ...(await this.agreement(chaincode, complete, mspIds)), definition: complete };
  }

  /** Writes a definition; whether enough organisations agree is for the endorsement policy to say. @throws LifecycleError */
  async commit(
    chaincode: string,
    definition: StoredDefinition,
    mspIds: readonly string[],
    mspId: string,
  ): Promise<void> {
    const ready = await this.readiness(chaincode, definition, mspIds);
    await serialize(NAMESPACES, chaincode, definitionFields(ready.definition), {
      get: this.#read,
      put: (key, value) => {
        this.#simulator.put(LIFECYCLE, key, value);
      },
      delete: (key) => {
        this.#simulator.delete(LIFECYCLE, key);
      },
    });
    if (ready.approvals.get(mspId) !== true) {
      throw new LifecycleError(`chaincode definition not agreed to by this org (${mspId})`);
    }
  }

  async agreement(chaincode: string, definition: StoredDefinition, mspIds: readonly string[]): Promise<Agreement> {
    const approvals = new Map<string, boolean>();
    const mismatches = new Map<string, readonly string[]>();
    const fields = parameterFields(definition.parameters);
    for (const mspId of mspIds) {
      const differing = await mismatchesOf(NAMESPACES, privateName(chaincode, definition.sequence), fields, (key) =>
        this.#simulator.getPrivateHash(LIFECYCLE, IMPLICIT_PREFIX + mspId, key),
      );
      approvals.set(mspId, differing.length === 0);
      if (differing.length > 0) {
        mismatches.set(mspId, differing);
      }
    }
    return { approvals, mismatches };
  }

  /** @param sequence 0 means the newest approval. @throws LifecycleError where there is none */
  async approved(mspId: string, channel: string, chaincode: string, sequence: bigint): Promise<Approval> {
    const own = this.#ownState(mspId);
    const read: ReadState = (key) => own.get(key);
    let wanted = sequence;
    if (wanted === 0n) {
      const current = await sequenceOf(chaincode, this.#read);
      const next = await readMetadata(NAMESPACES, privateName(chaincode, current + 1n), read);
      wanted = next === undefined ? current : current + 1n;
    }
    if ((await readMetadata(NAMESPACES, privateName(chaincode, wanted), read)) === undefined) {
      throw new LifecycleError(
        `could not fetch approved chaincode definition (name: '${chaincode}', sequence: '${wanted.toString()}') on channel '${channel}'`,
      );
    }
    return this.#readApproval(chaincode, wanted, read);
  }

  async allApproved(mspId: string): Promise<Approval[]> {
    const collection = IMPLICIT_PREFIX + mspId;
    const prefix = `${NAMESPACES}/metadata/`;
    const names: string[] = [];
    for await (const { key } of this.#simulator.privateRange(LIFECYCLE, collection, prefix, `${prefix}\u007f`)) {
      names.push(key.slice(prefix.length));
    }
    const own = this.#ownState(mspId);
    const approvals: Approval[] = [];
    for (const name of names) {
      const [chaincode = '', sequence = '0'] = name.split('#');
      approvals.push(await this.#readApproval(chaincode, BigInt(sequence), (key) => own.get(key)));
    }
    return approvals;
  }

  /** Names of all chaincodes with a committed definition. */
  async allCommitted(): Promise<string[]> {
    const prefix = `${NAMESPACES}/metadata/`;
    const names: string[] = [];
    for await (const { key } of this.#simulator.range(LIFECYCLE, prefix, `${prefix}\u007f`)) {
      names.push(key.slice(prefix.length));
    }
    return names;
  }

  async #readApproval(chaincode: string, sequence: bigint, read: ReadState): Promise<Approval> {
    const name = privateName(chaincode, sequence);
    return {
      chaincode,
      sequence,
      parameters: await parametersOf(name, read),
      packageId: textOf(await read(fieldKey(SOURCES, name, 'PackageID'))),
    };
  }

  async #checkSameAsCommitted(approval: Approval): Promise<void> {
    const committed = await this.committed(approval.chaincode);
    const sequence = approval.sequence.toString();
    if (committed === undefined) {
      throw new LifecycleError(`missing metadata for currently committed sequence number (${sequence})`);
    }
    const differing = difference(committed.parameters, approval.parameters);
    if (differing !== undefined) {
      throw new LifecycleError(
        `attempted to redefine the current committed sequence (${sequence}) for namespace ${approval.chaincode} with different parameters: ${differing}`,
      );
    }
  }

  async #isRepeated(approval: Approval, read: ReadState): Promise<boolean> {
    const name = privateName(approval.chaincode, approval.sequence);
    if ((await readMetadata(NAMESPACES, name, read)) === undefined) {
      return false;
    }
    const stored = await this.#readApproval(approval.chaincode, approval.sequence, read);
    return difference(stored.parameters, approval.parameters) === undefined && stored.packageId === approval.packageId;
  }

  #ownState(mspId: string): WritableState {
    const collection = IMPLICIT_PREFIX + mspId;
    return {
      get: (key) => this.#simulator.getPrivate(LIFECYCLE, collection, key),
      put: (key, value) => {
        this.#simulator.putPrivate(LIFECYCLE, collection, key, value);
      },
      delete: (key) => {
        this.#simulator.deletePrivate(LIFECYCLE, collection, key);
      },
    };
  }
}

function privateName(chaincode: string, sequence: bigint): string {
  return `${chaincode}#${sequence.toString()}`;
}
