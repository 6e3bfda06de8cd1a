import type { EvaluateMethod, SubmitMethod, contracts } from '@kessai/interface';
import type { Committed, Sealed, Submitted } from './results';
import type { CallOptions, InstructionOptions } from './settings';

/**
 * A request as its sender writes it: identifiers are plain texts, for they come from files and people. Before anything is sent each
 * is checked to be what its field demands.
 */
export type Written<T> = T extends string
  ? // An identifier's type is a text with a brand, which is a member that no text has.
    [Exclude<keyof T, keyof string>] extends [never]
    ? T
    : string
  : T extends bigint | number | boolean | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Written<Item>[]
      : { readonly [K in keyof T]: Written<T[K]> };

/** A request all of whose fields may be left out may be left out itself. */
type RequestArgument<Q> = object extends Q ? [request?: Written<Q>] : [request: Written<Q>];

/** The methods that are transactions of their own, as the compiler has to know them; all others that change the ledger are sealed. */
export const directMethods = ['Registry:Found', 'Market:Instruct', 'Market:Cycle'] as const;
type DirectMethod = (typeof directMethods)[number];

/** A method that is sealed: the call ends when a cycle has executed it, or, where that is asked for, when it is sealed. */
export interface SealedMethodClient<Q> {
  (request: Written<Q>, options: InstructionOptions & { readonly until: 'sealed' }): Promise<Sealed>;
  (
    ...args: [...RequestArgument<Q>, options?: InstructionOptions & { readonly until?: 'executed' }]
  ): Promise<Submitted>;
}

export type MethodClient<M, Name extends string> =
  M extends SubmitMethod<infer Q>
    ? Name extends DirectMethod
      ? (...args: [...RequestArgument<Q>, options?: CallOptions]) => Promise<Committed>
      : SealedMethodClient<Q>
    : M extends EvaluateMethod<infer Q, infer R>
      ? (...args: [...RequestArgument<Q>, options?: CallOptions]) => Promise<R>
      : never;

/** A function for each method of a contract: `Allot` is `allot`. */
export type ContractClient<D, C extends string> = D extends { readonly methods: infer M }
  ? { readonly [N in keyof M & string as Uncapitalize<N>]: MethodClient<M[N], `${C}:${N}`> }
  : never;

/** A client for each contract of the market: `MoneyTokens` is `moneyTokens`. */
export type ContractClients = {
  readonly [C in keyof typeof contracts as Uncapitalize<C>]: ContractClient<(typeof contracts)[C], C>;
};
