import type { Codec, Fields, ObjectCodec, ObjectOf } from './codec';
import { object, text } from './codec';
import { FieldError } from './field-error';
import type { JsonObject } from './json';

/**
 * One reason to refuse a request. `payload` is what a program may act on; `message` what a person reads: the fact, then the remedy.
 * A transient rejection may pass by itself: the same request may be sent again later.
 */
export interface RejectionDefinition<F extends Fields = Fields> {
  readonly payload: ObjectCodec<ObjectOf<F>>;
  message(payload: ObjectOf<F>): string;
  readonly transient: boolean;
}

export function rejection<F extends Fields>(
  payload: F,
  message: (payload: ObjectOf<F>) => string,
  options: { readonly transient?: true } = {},
): RejectionDefinition<F> {
  return { payload: object(payload), message, transient: options.transient ?? false };
}

export type RejectionTable = Readonly<Record<string, LooseDefinition>>;

type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;

/** One table of several that have no code in common: a code means one thing in the whole market. @throws Error where two tables share one */
export function disjoint<const T extends readonly RejectionTable[]>(...tables: T): Intersection<T[number]> {
  const merged: Record<string, LooseDefinition> = {};
  for (const [code, definition] of tables.flatMap((table) => Object.entries(table))) {
    if (Object.hasOwn(merged, code)) throw new Error(`Two tables define the rejection ${code}`);
    merged[code] = definition;
  }
  return merged as Intersection<T[number]>;
}

type PayloadOf<D> = D extends { payload: Codec<infer P> } ? P : never;

/** The union of a table's rejections: `{ code: 'HoldingInsufficient', needed, available } | ...`. */
export type RejectionOf<T> = { [C in keyof T & string]: { readonly code: C } & PayloadOf<T[C]> }[keyof T & string];

/** The form of every rejection, whatever its table. */
export interface AnyRejection {
  readonly code: string;
}

interface LooseDefinition {
  readonly payload: Codec<unknown>;
  message(payload: unknown): string;
  readonly transient: boolean;
}

/** The words for a person. */
export function rejectionMessage(table: RejectionTable, refused: AnyRejection): string {
  const definition = definitionOf(table, refused.code);
  return definition ? definition.message(refused) : refused.code;
}

/** `{ code, message, ...payload }`, as it crosses the wire. */
export function encodeRejection(table: RejectionTable, refused: AnyRejection): JsonObject {
  const definition = definitionOf(table, refused.code);
  if (!definition) throw new Error(`No rejection ${refused.code} is defined`);
  const payload = definition.payload.encode(refused) as JsonObject;
  return { code: refused.code, message: definition.message(refused), ...payload };
}

/** The other way; undefined when the code is none of the table's or the payload has another form. */
export function decodeRejection(
  table: RejectionTable,
  wire: unknown,
): (AnyRejection & { readonly message: string }) | undefined {
  if (wire === null || typeof wire !== 'object') return undefined;
  const { code, message, ...payload } = wire as Record<string, unknown>;
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  const definition = definitionOf(table, code);
  if (!definition) return undefined;
  try {
    return { code, message, ...(definition.payload.decode(payload, '') as object) };
  } catch (error) {
    if (error instanceof FieldError) return undefined;
    throw error;
  }
}

export function isTransient(table: RejectionTable, code: string): boolean {
  return definitionOf(table, code)?.transient ?? false;
}

function definitionOf(table: RejectionTable, code: string): LooseDefinition | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}

/** A path of a field in the request, or any other short technical text of a payload. */
export const fieldPath: Codec<string> = text({ minLength: 0, maxLength: 512 });
