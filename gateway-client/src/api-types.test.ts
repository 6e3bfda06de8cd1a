import { type EvaluateMethod, type SubmitMethod, allMethods, type contracts } from '@kessai/interface';
import { expect, test } from '@jest/globals';
import type { ContractClients } from './api-types';
import type { DirectMethodClient, QueryClient, SealedMethodClient } from './client-types';

/** A request as its sender writes it: identifiers, whose types are texts with a brand, are plain texts. */
type Written<T> = T extends string
  ? [Exclude<keyof T, keyof string>] extends [never]
    ? T
    : string
  : T extends bigint | number | boolean | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Written<Item>[]
      : { readonly [K in keyof T]: Written<T[K]> };

/** The methods that are transactions of their own, as the compiler has to know them; all others that change the ledger are sealed. */
const directMethods = ['Registry:Found', 'Market:Instruct', 'Market:Cycle'] as const;

type Client<M, Name extends string> =
  M extends SubmitMethod<infer Q>
    ? Name extends (typeof directMethods)[number]
      ? DirectMethodClient<Written<Q>>
      : SealedMethodClient<Written<Q>>
    : M extends EvaluateMethod<infer Q, infer R>
      ? QueryClient<Written<Q>, R>
      : never;

/** What the definitions make of the clients, without a word about them. */
type Defined = {
  readonly [C in keyof typeof contracts as Uncapitalize<C>]: {
    readonly [N in keyof (typeof contracts)[C]['methods'] & string as Uncapitalize<N>]: Client<
      (typeof contracts)[C]['methods'][N],
      `${C}:${N}`
    >;
  };
};

/** Compiles only where each is fit for the other. */
function interchangeable<A, B>(_one: (a: A) => B, _other: (b: B) => A): true {
  return true;
}

test('the clients’ types say of every method, request and response what its definition says', () => {
  expect(
    interchangeable<Defined, ContractClients>(
      (defined) => defined,
      (clients) => clients,
    ),
  ).toBe(true);
  const direct = allMethods().filter(({ method }) => method.kind === 'submit' && method.sent === 'directly');
  expect(new Set(direct.map(({ fullName }) => fullName))).toEqual(new Set(directMethods));
});
