import { type ContractDefinition, type Method } from './api';
import { FieldError } from './field-error';
import { commonRejections } from './contracts/common';
import { CorporateActions } from './contracts/corporate-actions';
import { Market } from './contracts/market';
import { MoneyTokens } from './contracts/money-tokens';
import { Orders } from './contracts/orders';
import { Registry } from './contracts/registry';
import { Securities } from './contracts/securities';
import { Settlement } from './contracts/settlement';
import { type RejectionOf, disjoint } from './rejection';
import { isWellFormed } from './text';

/** Every contract of the market chaincode. */
export const contracts = { Market, Registry, Securities, MoneyTokens, Orders, Settlement, CorporateActions } as const;

/** Every reason to refuse a request, of all contracts, in order of precedence. */
export const marketRejections = disjoint(
  commonRejections,
  Market.rejections,
  Registry.rejections,
  Securities.rejections,
  MoneyTokens.rejections,
  Orders.rejections,
  Settlement.rejections,
  CorporateActions.rejections,
);

export type Rejection = RejectionOf<typeof marketRejections>;

/** A market rejection of exactly this code, checked by the compiler. */
export function refuse<C extends Rejection['code']>(
  code: C,
  payload: Omit<Extract<Rejection, { readonly code: C }>, 'code'>,
): Extract<Rejection, { readonly code: C }> {
  return { code, ...payload } as Extract<Rejection, { readonly code: C }>;
}

/** What a malformed field means as a rejection. */
export function refusedField(error: FieldError): Rejection {
  return { code: error.code, field: shortened(error.field, 512), reason: shortened(error.reason, 1024) };
}

/** The beginning of a text, without half of a surrogate pair at its end. */
function shortened(text: string, length: number): string {
  const cut = text.slice(0, length);
  return isWellFormed(cut) ? cut : cut.slice(0, -1);
}

export interface MethodEntry {
  readonly contract: string;
  readonly name: string;
  /** `Contract:Method`, as Fabric names a transaction function. */
  readonly fullName: string;
  readonly method: Method;
}

/** All methods of all contracts: what role matrix, help and reference are made from. */
export function allMethods(): readonly MethodEntry[] {
  const definitions: readonly ContractDefinition[] = Object.values(contracts);
  return definitions.flatMap(({ name: contract, methods }) =>
    Object.entries(methods).map(([name, method]) => ({ contract, name, fullName: `${contract}:${name}`, method })),
  );
}

export function isRejection(value: unknown): value is Rejection {
  return (
    value !== null &&
    typeof value === 'object' &&
    Object.hasOwn(marketRejections, (value as { code?: string }).code ?? '')
  );
}
