import { randomBytes } from 'node:crypto';
import {
  FieldError,
  type Instant,
  type MethodEntry,
  instant,
  marketLimits,
  refuse,
  refusedField,
} from '@kessai/interface';
import { RejectedError } from './market-error';

/** An instruction that is ready to be sealed. */
export interface Instruction {
  readonly method: string;
  /** Its JSON text, as it stands in the submission. */
  readonly text: string;
  /** The ledger knows a repetition by an id in the request, and answers `exists`. */
  readonly repeatable: boolean;
}

/** What the text of a submission holds beside its instructions and the commas between them: braces, names, the salt. */
const envelopeCharacters = submissionText([]).length;

/** Between which times a cycle may execute an instruction. */
export interface InstructionTimes {
  /** A cycle that is dated later refuses it. */
  readonly goodUntil?: string | Date;
  /** A cycle that is dated earlier refuses it. */
  readonly notBefore?: string | Date;
}

/**
 * @param request in wire form, checked.
 * @throws RejectedError where it is no method that is sealed, or where it alone is too long for a submission.
 */
export function instructionOf(
  { fullName, method }: MethodEntry,
  request: string,
  { goodUntil, notBefore }: InstructionTimes = {},
): Instruction {
  if (method.kind !== 'submit' || method.sent !== 'sealed') {
    throw new RejectedError(refuse('SentDirectly', { method: fullName }), false);
  }
  const fields = [
    ...timeField('goodUntil', goodUntil),
    `"method":${JSON.stringify(fullName)}`,
    ...timeField('notBefore', notBefore),
    `"request":${request}`,
  ];
  const text = `{${fields.join(',')}}`;
  if (!mayFollow(0, 0, [text])) {
    const reason = `is longer than a submission of ${marketLimits.submissionCharacters.toString()} characters holds`;
    throw new RejectedError(refuse('TextTooLong', { field: '', reason }), false);
  }
  return { method: fullName, text, repeatable: method.idField !== undefined };
}

function timeField(name: keyof InstructionTimes, time: string | Date | undefined): readonly string[] {
  return time === undefined ? [] : [`"${name}":${JSON.stringify(instantOf(name, time))}`];
}

function instantOf(name: keyof InstructionTimes, time: string | Date): Instant {
  try {
    const isDate = time instanceof Date;
    if (isDate && Number.isNaN(time.getTime())) throw new FieldError('FieldMalformed', name, 'is no date');
    return instant.decode(isDate ? time.toISOString() : time, name);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new RejectedError(refusedField(error), false, { cause: error });
  }
}

/** Whether the texts fit into a submission of at most so many instructions that holds some, of so many characters, already. */
export function mayFollow(
  instructions: number,
  characters: number,
  texts: readonly string[],
  most: number = marketLimits.submissionInstructions,
): boolean {
  const count = instructions + texts.length;
  const commas = Math.max(0, count - 1);
  return (
    count <= most && envelopeCharacters + characters + charactersOf(texts) + commas <= marketLimits.submissionCharacters
  );
}

/** Of a text that is not ASCII its bytes, which are more: what a peer takes is bounded by them. */
export function charactersOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text, 'utf8'), 0);
}

/**
 * The request of `Market:Instruct`, with a salt of its own. The hash of what is sealed is public; its size is not, so nothing has to be
 * padded for submissions to look alike.
 */
export function submissionText(texts: readonly string[]): string {
  const salt = randomBytes(32).toString('hex');
  return `{"instructions":[${texts.join(',')}],"salt":"${salt}"}`;
}
