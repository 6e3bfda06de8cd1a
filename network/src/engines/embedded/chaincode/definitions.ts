import type { Ledger } from '../ports';
import { definitionOf, parameterFields } from '../system/lifecycle/definition';
import { fieldKey, isSerialized, LIFECYCLE, NAMESPACES, SOURCES, textOf } from '../system/lifecycle/serializer';
import type { PackageStore } from './package-store';

/** What a peer needs to know of a chaincode before it runs it. */
export interface RunnableChaincode {
  readonly version: string;
  readonly packageId: string;
  readonly initRequired: boolean;
}

interface Finding {
  readonly asOf: string;
  readonly runnable: RunnableChaincode;
}

/** A chaincode that is not committed, not approved by this organisation or not installed here; the message is a peer's. */
export class ChaincodeNotRunnable extends Error {
  readonly code = 'ChaincodeNotRunnable';

  constructor(message: string) {
    super(message);
    this.name = 'ChaincodeNotRunnable';
  }
}

/** Reads, in one organisation's eyes, what is committed, approved and installed. */
export class RunnableChaincodes {
  readonly #ledger: Ledger;
  readonly #mspId: string;
  readonly #channel: string;
  readonly #packages: PackageStore;
  readonly #known = new Map<string, Finding>();

  constructor(ledger: Ledger, channel: string, mspId: string, packages: PackageStore) {
    this.#ledger = ledger;
    this.#channel = channel;
    this.#mspId = mspId;
    this.#packages = packages;
  }

  /**
   * @param sequence the committed sequence number as the transaction read it; 0 when there is none.
   * @throws ChaincodeNotRunnable
   */
  async find(chaincode: string, sequence: bigint): Promise<RunnableChaincode> {
    if (sequence === 0n) {
      throw new ChaincodeNotRunnable(`chaincode ${chaincode} not found`);
    }
    // Only a block or an installation can change the answer.
    const asOf = `${sequence.toString()} ${this.#ledger.height.toString()} ${this.#packages.list().length.toString()}`;
    const known = this.#known.get(chaincode);
    if (known?.asOf === asOf) {
      return known.runnable;
    }
    const runnable = await this.#read(chaincode, sequence);
    this.#known.set(chaincode, { asOf, runnable });
    return runnable;
  }

  async #read(chaincode: string, sequence: bigint): Promise<RunnableChaincode> {
    const state = this.#ledger.simulate('', this.#mspId);
    try {
      const definition = await definitionOf(chaincode, (key) => state.get(LIFECYCLE, key));
      if (definition?.sequence !== sequence) {
        throw new ChaincodeNotRunnable(
          `chaincode cache at sequence ${String(definition?.sequence ?? 0n)} but current sequence is ${sequence.toString()}, chaincode definition for '${chaincode}' changed during invoke`,
        );
      }
      const approval = `${chaincode}#${sequence.toString()}`;
      const own = `_implicit_org_${this.#mspId}`;
      const readOwn = (key: string): Promise<Uint8Array | undefined> => state.getPrivate(LIFECYCLE, own, key);
      if (!(await isSerialized(NAMESPACES, approval, parameterFields(definition.parameters), readOwn))) {
        throw new ChaincodeNotRunnable(
          `chaincode definition for '${chaincode}' at sequence ${sequence.toString()} on channel '${this.#channel}' has not yet been approved by this org`,
        );
      }
      const source = await readOwn(fieldKey(SOURCES, approval, 'PackageID'));
      const packageId = textOf(source);
      if (!this.#packages.has(packageId)) {
        throw new ChaincodeNotRunnable(
          `chaincode definition for '${chaincode}' exists, but chaincode is not installed`,
        );
      }
      const { version, initRequired } = definition.parameters;
      return { version, packageId, initRequired };
    } finally {
      state.discard();
    }
  }

  /** Whether this organisation's peer could run the chaincode now. */
  async has(chaincode: string): Promise<boolean> {
    const definition = this.#ledger.definition(chaincode);
    if (definition === undefined) {
      return false;
    }
    try {
      await this.find(chaincode, definition.sequence);
      return true;
    } catch (error) {
      if (error instanceof ChaincodeNotRunnable) {
        return false;
      }
      throw error;
    }
  }
}
