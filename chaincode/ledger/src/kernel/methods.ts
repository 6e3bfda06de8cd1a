import {
  FieldError,
  type MethodEntry,
  type Method,
  type Rejection,
  type SubmitMethod,
  parseText,
  refuse,
  refusedField,
} from '@kessai/interface';
import { type Market, type Member, memberOf } from '../reference';
import type { Caller } from './context';
import type { LooseHandler } from './decision';

/** A method of the API and the handler that carries it out. */
export interface HostedMethod {
  readonly entry: MethodEntry;
  readonly handler: LooseHandler;
}

/** Finds a method by its full name, `Contract:Method`. */
export type FindMethod = (fullName: string) => HostedMethod | undefined;

export function decodeRequest(method: Method, requestText: string): unknown {
  return decoding(() => method.request.decode(parseText(requestText), ''));
}

/** What a field of the wrong form means. */
export function decoding<T>(decode: () => T): T | Rejection {
  try {
    return decode();
  } catch (error) {
    if (error instanceof FieldError) return refusedField(error);
    throw error;
  }
}

export function refusedNode({ nodeRole }: Caller): Rejection | undefined {
  return nodeRole === 'client' ? undefined : refuse('CallerNotClient', {});
}

/**
 * The member for which the caller acts. Its certificate may restrict the caller to less than the member's role: `viewer` reads what the
 * member may read.
 */
export function admit(
  market: Market,
  { mspId, restriction }: Pick<Caller, 'mspId' | 'restriction'>,
  method: Method,
): Member | Rejection {
  const member = memberOf(market, mspId);
  if (!member) return refuse('CallerUnknown', { caller: mspId });
  if (!method.roles.includes(member.role)) {
    return refuse('RoleNotAllowed', { role: member.role, allowed: method.roles });
  }
  const unrestricted = restriction === undefined || restriction === member.role;
  if (unrestricted || (restriction === 'viewer' && method.kind === 'evaluate')) return member;
  return restricted(restriction);
}

export function restricted(attribute: string): Rejection {
  return refuse('CertificateRestricted', { attribute: attribute.slice(0, 64) });
}

/** The id that the sender chose for the event; undefined where the method says itself what a repetition means. */
export function idOf(method: SubmitMethod<unknown>, request: unknown): string | undefined {
  if (method.idField === undefined) return undefined;
  return String((request as Readonly<Record<string, unknown>>)[method.idField]);
}

const referenceFields = ['orderId', 'tradeId', 'eventId', 'isin'];

/** What the journal says an entry is of: the method, and the id in the request. */
export function referenceOf(fullName: string, method: SubmitMethod<unknown>, request: unknown): string {
  const fields = request as Readonly<Record<string, unknown>>;
  const name = method.idField ?? referenceFields.find((field) => typeof fields[field] === 'string');
  return name === undefined ? fullName : `${fullName} ${String(fields[name])}`;
}
