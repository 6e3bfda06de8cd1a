import type {
  Advice,
  Collection,
  ContractDefinition,
  EvaluateMethod,
  MspId,
  Rejection,
  SubmitMethod,
} from '@kessai/interface';
import type { Context, TransactionFacts } from './context';
import type { Log } from './log';
import type { RangeReader, Reader, Ref, Write } from './state';

/** Something that happened to a member, to be told with the cycle. */
export interface Advised {
  readonly to: MspId;
  readonly advice: Advice;
}

/** A line to be added to a log of this cycle. */
export interface Appended {
  readonly log: Ref<Log<unknown>>;
  readonly line: unknown;
}

/** What an instruction does beside the value that it posts. */
export interface Decision {
  readonly outcome: 'created' | 'exists';
  readonly writes: readonly Write[];
  readonly advices?: readonly Advised[];
  readonly appended?: readonly Appended[];
  /** Names that the member's later instructions ask for: the cycle in which this happened is found by them. */
  readonly remembered?: readonly Remembered[];
  /** The id in the request is its sender's affair: in the journals of others what it caused is named by the method alone. */
  readonly anonymous?: true;
  /** Collections that begin with this. The host makes their secrets from that of the operators. */
  readonly founded?: readonly Collection[];
}

export interface Remembered {
  readonly member: MspId;
  readonly name: string;
}

/** Nothing to do: the same event was recorded before. */
export const alreadyDone: Decision = { outcome: 'exists', writes: [] };

export function created(...writes: readonly (Write | readonly Write[])[]): Decision {
  return { outcome: 'created', writes: writes.flat() };
}

/**
 * An instruction in two halves. `load` names keys and reads them in few rounds; it refuses where what it needs to go on is missing. It runs
 * twice in a cycle, first to gather what all instructions read. `decide` is synchronous and total: the same state, request and context give
 * the same decision at every endorser. Value it posts to the books that `load` has opened, and can reach in no other way.
 */
export interface SubmitHandler<Q, S> {
  load(reader: Reader, request: Q, context: Context): Promise<S | Rejection>;
  decide(state: S, request: Q, context: Context): Decision | Rejection;
}

/** The one transaction that comes before the market: it has no context yet. */
export interface FoundingHandler<Q> {
  readonly founding: true;
  decide(request: Q, caller: MspId, facts: TransactionFacts): Founding | Rejection;
}

/** Carried out by the kernel itself: it seals, or it executes what was sealed. */
export interface DirectHandler {
  readonly direct: 'instruct' | 'cycle';
}

/** A collection's secret as the founder chose it. It is written as it is, outside the logical state. */
export interface FoundedCollection {
  readonly collection: Collection;
  readonly secret: string;
}

export interface Founding {
  readonly writes: readonly Write[];
  readonly secrets: readonly FoundedCollection[];
}

export type EvaluateHandler<Q, R> = (reader: RangeReader, request: Q, context: Context) => Promise<R | Rejection>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what load hands to decide is the handler's own business
export type AnySubmitHandler<Q> = SubmitHandler<Q, any> | FoundingHandler<Q> | DirectHandler;

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
