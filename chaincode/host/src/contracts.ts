import './quiet-shim';
import { type ContractDefinition, Market } from '@kessai/interface';
import { type FindMethod, type HostedMethod, type LooseImplementation, marketContract } from '@kessai/ledger';
import { type Context, Contract } from 'fabric-contract-api';
import { type TransactionEnvironment, runTransaction } from './transaction';

/** A contract's definition and the handlers that carry out its methods. */
export interface HostedContract {
  readonly definition: ContractDefinition;
  readonly implementation: LooseImplementation;
}

/** The canonical text of a response, which is what crosses the wire. */
export class WireText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The shim makes JSON of every result for a log that nobody reads: it gets nothing. */
  toJSON(): undefined {
    return undefined;
  }

  toBytes(): Buffer {
    return Buffer.from(this.#text, 'utf8');
  }
}

/** The contracts of a chaincode, with the kernel's own among them, and every method by its full name. */
export interface HostedMarket {
  readonly contracts: readonly HostedContract[];
  readonly find: FindMethod;
}

export function hostedMarket(contracts: readonly HostedContract[]): HostedMarket {
  const methods = new Map<string, HostedMethod>();
  const find: FindMethod = (fullName) => methods.get(fullName);
  const all = [{ definition: Market, implementation: marketContract(find) }, ...contracts];
  for (const contract of all) {
    for (const method of hostedMethods(contract)) methods.set(method.entry.fullName, method);
  }
  return { contracts: all, find };
}

/** A class as fabric-contract-api wants it, whose transactions are the methods of the definition and nothing else. */
export function contractClass(
  contract: HostedContract,
  find: FindMethod,
  environment: TransactionEnvironment,
): new () => Contract {
  class MarketContract extends Contract {
    constructor() {
      super(contract.definition.name);
    }
  }
  for (const method of hostedMethods(contract)) {
    Object.defineProperty(MarketContract.prototype, method.entry.name, {
      value: async ({ stub }: Context) => new WireText(await runTransaction(method, find, stub, environment)),
    });
  }
  return MarketContract;
}

function hostedMethods({ definition, implementation }: HostedContract): readonly HostedMethod[] {
  return Object.entries(definition.methods).map(([name, method]) => {
    const handler = Object.hasOwn(implementation, name) ? implementation[name] : undefined;
    if (!handler) throw new Error(`${definition.name}:${name} has no handler`);
    const fullName = `${definition.name}:${name}`;
    return { entry: { contract: definition.name, name, fullName, method }, handler };
  });
}
