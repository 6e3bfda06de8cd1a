import {
  type Infer,
  type MspId,
  Market as MarketContract,
  type Rejection,
  inboxOf,
  type instructRequest,
  isRejection,
  list,
  marketLimits,
  object,
  optional,
  refuse,
  refusedField,
  sealedInstruction,
  sealedKey,
  text,
} from '@kessai/interface';
import type { TransactionFacts } from './context';
import { decodeRequest, refusedNode } from './methods';
import { type Ref, type StoredWrite, put, stored } from './state';

/** What stands in an inbox: what its member sealed, and what the certificate with which it did so allows. */
const sealedCodec = object({
  salt: text({ maxLength: 64 }),
  restriction: optional(text({ maxLength: 64 })),
  instructions: list(sealedInstruction, { max: marketLimits.submissionInstructions }),
});
export type Sealed = Infer<typeof sealedCodec>;

/** A member's own peer may put into its inbox what it likes, and again later: what is not well formed concerns that member alone. */
export function sealedAt(member: MspId, transactionId: string): Ref<Sealed | Rejection> {
  return {
    ...{ collection: inboxOf(member), key: sealedKey(transactionId), codec: sealedCodec },
    malformed(error) {
      const { field, reason } = refusedField(error) as Extract<Rejection, { readonly code: 'FieldType' }>;
      return refuse('SubmissionMalformed', { field, reason });
    },
  };
}

/**
 * Seals instructions. Nothing of the market is read, so nothing of it can be learnt from whether this succeeds; who the caller is and what
 * it may do is decided by the cycle.
 */
export function executeInstruct(
  requestText: string,
  { txId, caller }: TransactionFacts,
): readonly StoredWrite[] | Rejection {
  const node = refusedNode(caller);
  if (node) return node;
  const request = decodeRequest(MarketContract.methods.Instruct, requestText);
  if (isRejection(request)) return request;
  const { salt, instructions } = request as Infer<typeof instructRequest>;
  const { mspId, restriction } = caller;
  const limited = restriction === undefined ? {} : { restriction: restriction.slice(0, 64) };
  return [stored(put(sealedAt(mspId, txId), { salt, instructions, ...limited }))];
}
