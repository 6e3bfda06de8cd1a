import './quiet-shim';
import type { ContractDefinition } from '@kessai/interface';
import type { LooseImplementation } from '@kessai/ledger';
import { type Context, Contract } from 'fabric-contract-api';
import { type HostedMethod, type TransactionEnvironment, runTransaction } from './transaction';

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

/** A class as fabric-contract-api wants it, whose transactions are the methods of the definition and nothing else. */
export function contractClass(
  { definition, implementation }: HostedContract,
  environment: TransactionEnvironment,
): new () => Contract {
  class MarketContract extends Contract {
    constructor() {
      super(definition.name);
    }
  }
  for (const method of hostedMethods(definition, implementation)) {
    Object.defineProperty(MarketContract.prototype, method.entry.name, {
      value: async ({ stub }: Context) => new WireText(await runTransaction(method, stub, environment)),
    });
  }
  return MarketContract;
}

function hostedMethods(definition: ContractDefinition, implementation: LooseImplementation): readonly HostedMethod[] {
  return Object.entries(definition.methods).map(([name, method]) => {
    const handler = Object.hasOwn(implementation, name) ? implementation[name] : undefined;
    if (!handler) throw new Error(`${definition.name}:${name} has no handler`);
    const fullName = `${definition.name}:${name}`;
    return { entry: { contract: definition.name, name, fullName, method }, handler };
  });
}
