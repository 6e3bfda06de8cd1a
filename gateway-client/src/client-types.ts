import type { EvaluateMethod, SubmitMethod, contracts } from '@kessai/interface';
import type { CallOptions } from './settings';
import type { Submitted } from './submission';

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

export type MethodClient<M> =
  M extends SubmitMethod<infer Q>
    ? (...args: [...RequestArgument<Q>, options?: CallOptions]) => Promise<Submitted>
    : M extends EvaluateMethod<infer Q, infer R>
      ? (...args: [...RequestArgument<Q>, options?: CallOptions]) => Promise<R>
      : never;

/** A function for each method of a contract: `Allot` is `allot`. */
export type ContractClient<D> = D extends { readonly methods: infer M }
  ? { readonly [N in keyof M & string as Uncapitalize<N>]: MethodClient<M[N]> }
  : never;

/** A client for each contract of the market: `MoneyTokens` is `moneyTokens`. */
export type ContractClients = {
  readonly [C in keyof typeof contracts as Uncapitalize<C>]: ContractClient<(typeof contracts)[C]>;
};
