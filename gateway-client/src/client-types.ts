import type { Committed, Sealed, Submitted } from './results';
import type { CallOptions, InstructionOptions } from './settings';

/** A request all of whose fields may be left out may be left out itself. */
type RequestArgument<Q> = object extends Q ? [request?: Q] : [request: Q];

/** A method that is sealed: the call ends when a cycle has executed it, or, where that is asked for, when it is sealed. */
export interface SealedMethodClient<Q> {
  (request: Q, options: InstructionOptions & { readonly until: 'sealed' }): Promise<Sealed>;
  (
    ...args: [...RequestArgument<Q>, options?: InstructionOptions & { readonly until?: 'executed' }]
  ): Promise<Submitted>;
}

/** A method that is a transaction of its own: the call ends when that is in a block. */
export type DirectMethodClient<Q> = (...args: [...RequestArgument<Q>, options?: CallOptions]) => Promise<Committed>;

/** A method that only reads. */
export type QueryClient<Q, R> = (...args: [...RequestArgument<Q>, options?: CallOptions]) => Promise<R>;
