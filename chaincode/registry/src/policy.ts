import type { Registry, RequestOf, ResponseOf } from '@kessai/interface';
import { type EvaluateHandler, type SubmitHandler, created, policyRef, put } from '@kessai/ledger';

type Methods = typeof Registry.methods;

/** Sets how far the market goes by itself, from the next instruction of the same cycle on. */
export const setPolicy: SubmitHandler<RequestOf<Methods['SetPolicy']>, undefined> = {
  load: () => Promise.resolve(undefined),
  decide: (_state, { policy }) => created(put(policyRef, policy)),
};

export const policy: EvaluateHandler<unknown, ResponseOf<Methods['Policy']>> = (_reader, _request, context) =>
  Promise.resolve(context.policy);
