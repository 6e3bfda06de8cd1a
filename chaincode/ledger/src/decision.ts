import type { Collection, ContractDefinition, EvaluateMethod, MspId, Rejection, SubmitMethod } from '@kessai/interface';
import type { Context, TransactionFacts } from './context';
import type { RangeReader, Reader, Write } from './state';

/** A collection's new secret. It is written as it is, outside the logical state. */
export interface FoundedCollection {
  readonly collection: Collection;
  readonly secret: string;
}

/** What a transaction does. */
export interface Decision {
  readonly outcome: 'created' | 'exists';
  readonly writes: readonly Write[];
  readonly founded?: readonly FoundedCollection[];
}

/** Nothing to do: the same event was recorded before. */
export const alreadyDone: Decision = { outcome: 'exists', writes: [] };

export function created(...writes: readonly (Write | readonly Write[])[]): Decision {
  return { outcome: 'created', writes: writes.flat() };
}

/**
 * A transaction in two halves. `load` names keys and reads them in few rounds; it refuses where what it needs to go on is missing.
 * `decide` is synchronous and total: the same state, request and context give the same decision at every endorser.
 */
export interface SubmitHandler<Q, S> {
  load(reader: Reader, request: Q, context: Context): Promise<S | Rejection>;
  decide(state: S, request: Q, context: Context): Decision | Rejection;
}

/** The one transaction that comes before the market: it has no context yet. */
export interface FoundingHandler<Q> {
  readonly founding: true;
  decide(request: Q, caller: MspId, facts: TransactionFacts): Decision | Rejection;
}

export type EvaluateHandler<Q, R> = (reader: RangeReader, request: Q, context: Context) => Promise<R | Rejection>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what load hands to decide is the handler's own business
export type AnySubmitHandler<Q> = SubmitHandler<Q, any> | FoundingHandler<Q>;

type HandlerOf<M> =
  M extends SubmitMethod<infer Q>
    ? AnySubmitHandler<Q>
    : M extends EvaluateMethod<infer Q, infer R>
      ? EvaluateHandler<Q, R>
      : never;

/** A handler for each method of a contract's definition, checked by the compiler. */
export type Implementation<C extends ContractDefinition> = {
  readonly [K in keyof C['methods']]: HandlerOf<C['methods'][K]>;
};

export type LooseHandler = AnySubmitHandler<never> | EvaluateHandler<never, unknown>;
export type LooseImplementation = Readonly<Record<string, LooseHandler>>;
