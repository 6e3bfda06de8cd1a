import './quiet-shim';
import { type Rejection, refuse } from '@kessai/interface';
import { type ChaincodeInterface, type ChaincodeResponse, type ChaincodeStub, Shim } from 'fabric-shim';
import ChaincodeFromContract from 'fabric-shim/lib/contract-spi/chaincodefromcontract.js';
import type { TransactionOutcome } from './chaincode-metrics';
import { type HostedContract, WireText, contractClass, hostedMarket } from './contracts';
import { contractMetadata, metadataMethod, systemContract } from './metadata';
import type { TransactionEnvironment } from './transaction';
import { internalErrorText, isWireText, rejectionText } from './wire-error';

/** Longest name of a method that a refusal repeats. */
const maxNameLength = 200;

/** The market's chaincode: fabric-shim's dispatch to the contracts, with every failure in the one form that clients decode. */
export class MarketChaincode implements ChaincodeInterface {
  readonly #contracts: ChaincodeInterface;
  readonly #environment: TransactionEnvironment;
  readonly #methods: ReadonlySet<string>;
  #inFlight = 0;
  #whenIdle: (() => void)[] = [];

  constructor(contracts: readonly HostedContract[], environment: TransactionEnvironment) {
    this.#environment = environment;
    const market = hostedMarket(contracts);
    const definitions = market.contracts.map(({ definition }) => definition);
    const metadata = contractMetadata(definitions);
    this.#methods = new Set(
      Object.values(metadata.contracts).flatMap(({ name, transactions }) =>
        transactions.map((transaction) => `${name}:${transaction.name}`),
      ),
    );
    this.#contracts = new ChaincodeFromContract(
      market.contracts.map((contract) => contractClass(contract, market.find, environment)),
      { transaction: 'wire', serializers: { wire: WireSerializer } },
      metadata,
    );
  }

  /** A definition that demands initialisation may name any method for it. */
  async Init(stub: ChaincodeStub): Promise<ChaincodeResponse> {
    return this.Invoke(stub);
  }

  async Invoke(stub: ChaincodeStub): Promise<ChaincodeResponse> {
    const startedAt = performance.now();
    let outcome: TransactionOutcome = 'failed';
    this.#inFlight += 1;
    try {
      const response = await this.#invoke(stub);
      outcome = outcomeOf(response);
      return response;
    } finally {
      const [name = ''] = stub.getArgs();
      const method = this.#methods.has(name) ? name : 'unknown';
      this.#environment.observer?.simulated({ method, outcome, ms: performance.now() - startedAt });
      this.#inFlight -= 1;
      if (this.#inFlight === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  }

  /** How many transactions are being simulated. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Ends when no transaction is in flight. */
  async idle(): Promise<void> {
    if (this.#inFlight === 0) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  async #invoke(stub: ChaincodeStub): Promise<ChaincodeResponse> {
    const [name = '', ...parameters] = stub.getArgs();
    const method = name.slice(0, maxNameLength) || '(none)';
    if (!this.#methods.has(name)) return refused(refuse('MethodUnknown', { method }));
    if (parameters.length > 0) return refused(refuse('ArgumentsNotAllowed', { method }));
    const response = await this.#contracts.Invoke(stub);
    if (response.status < 400 || isWireText(response.message)) return response;
    // The shim failed before or after the contract: on a certificate that it cannot read, for one.
    this.#environment.log('error', `transaction ${stub.getTxID()} of ${method} failed in the shim`);
    return Shim.error(internalErrorText);
  }
}

export const metadataFunction = `${systemContract}:${metadataMethod}`;

/** Contracts answer with their text; the metadata is the one result that is an object. */
class WireSerializer {
  toBuffer(result: unknown): Buffer {
    return result instanceof WireText ? result.toBytes() : Buffer.from(JSON.stringify(result), 'utf8');
  }
}

function outcomeOf({ status, message }: ChaincodeResponse): TransactionOutcome {
  if (status < 400) return 'answered';
  return message === internalErrorText ? 'failed' : 'refused';
}

function refused(rejection: Rejection): ChaincodeResponse {
  return Shim.error(rejectionText(rejection));
}
