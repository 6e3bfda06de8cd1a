import { type Codec, type Infer, type ObjectCodec, list, object, oneOf, optional } from './codec';
import type { RejectionTable } from './rejection';

/** What an organisation does in the market; each has one. */
export const roles = ['operator', 'institution', 'settlement-bank', 'issuer', 'auditor'] as const;
export type Role = (typeof roles)[number];
export const role: Codec<Role> = oneOf(...roles);

/** The phases of a business day in their order. */
export const phases = ['open', 'matching', 'settlement', 'closed'] as const;
export type Phase = (typeof phases)[number];
export const phase: Codec<Phase> = oneOf(...phases);

/** Whose approval an act still waits for: another operator's, or that of the issuer whose instrument it is. */
export const awaited = oneOf('operator', 'issuer');
export type Awaited = Infer<typeof awaited>;

/**
 * What a submit answers: whether this call recorded the event or an earlier call with the same id had done so. An act that needs
 * approvals is recorded and takes effect when none is awaited any more.
 */
export const outcome = object({
  outcome: oneOf('created', 'exists'),
  awaiting: optional(list(awaited, { min: 1, max: 2 })),
});
export type Outcome = Infer<typeof outcome>;

/** Who must send an act with the same content before it takes effect. */
export type Approval = 'two-operators' | 'two-operators-and-issuer';

interface MethodBase<Q, R> {
  readonly summary: string;
  /** Roles that may call it; any other is refused with RoleNotAllowed. */
  readonly roles: readonly Role[];
  readonly request: ObjectCodec<Q>;
  readonly response: Codec<R>;
}

/** A method that changes the ledger. */
export interface SubmitMethod<Q> extends MethodBase<Q, Outcome> {
  readonly kind: 'submit';
  /**
   * `sealed`: an instruction, which its sender seals and a cycle executes. `directly`: a transaction of its own, whose request travels as
   * transient data and whose response is public.
   */
  readonly sent: 'sealed' | 'directly';
  /** What creates or forces value or admits members takes effect when all of these have sent it with the same content. */
  readonly approval: Approval | undefined;
  /** Phases of the day in which it is accepted. */
  readonly phases: readonly Phase[];
  /**
   * The field that holds the id which the sender chose for this event. Sending it again with the same content answers `exists`; with
   * other content it is refused with Conflict. Undefined: the method says itself what a repetition means.
   */
  readonly idField: string | undefined;
}

/** A method that only reads. */
export interface EvaluateMethod<Q, R> extends MethodBase<Q, R> {
  readonly kind: 'evaluate';
  /** Whose peer holds what it reads: the caller's own organisation, or an operator, who holds every collection. */
  readonly answeredBy: 'own' | 'operator';
}

export type Method = SubmitMethod<unknown> | EvaluateMethod<unknown, unknown>;
export type Methods = Readonly<Record<string, Method>>;

export interface ContractDefinition<M extends Methods = Methods, T extends RejectionTable = RejectionTable> {
  readonly name: string;
  readonly summary: string;
  readonly methods: M;
  /** What this contract may refuse beside the common rejections, in order of precedence. */
  readonly rejections: T;
}

export type RequestOf<M> = M extends { readonly request: Codec<infer Q> } ? Q : never;
export type ResponseOf<M> = M extends { readonly response: Codec<infer R> } ? R : never;

export function submit<Q>(definition: {
  readonly summary: string;
  readonly roles: readonly Role[];
  readonly phases: readonly Phase[];
  readonly idField?: keyof Q & string;
  readonly approval?: Approval;
  readonly request: ObjectCodec<Q>;
}): SubmitMethod<Q> {
  const { idField, approval } = definition;
  return { kind: 'submit', sent: 'sealed', response: outcome, ...definition, idField, approval };
}

/** A method that is a transaction of its own. */
export function direct<Q>(definition: Omit<Parameters<typeof submit<Q>>[0], 'approval'>): SubmitMethod<Q> {
  return { ...submit(definition), sent: 'directly' };
}

export function evaluate<Q, R>(definition: {
  readonly summary: string;
  readonly roles: readonly Role[];
  readonly answeredBy: 'own' | 'operator';
  readonly request: ObjectCodec<Q>;
  readonly response: Codec<R>;
}): EvaluateMethod<Q, R> {
  return { kind: 'evaluate', ...definition };
}

export function defineContract<M extends Methods, T extends RejectionTable>(
  definition: ContractDefinition<M, T>,
): ContractDefinition<M, T> {
  return definition;
}

/** All phases but the closed one: when value moves by hand. */
export const businessHours: readonly Phase[] = ['open', 'matching', 'settlement'];
export const anyPhase: readonly Phase[] = phases;
export const everyone: readonly Role[] = roles;
