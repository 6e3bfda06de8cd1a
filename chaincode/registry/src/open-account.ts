import type { Registry, RequestOf } from '@kessai/interface';
import { type SubmitHandler, accountAt, created, put } from '@kessai/ledger';

/** Opens an account at the calling organisation. The kernel has answered repetitions by the account's own number. */
export const openAccount: SubmitHandler<RequestOf<typeof Registry.methods.OpenAccount>, undefined> = {
  load: () => Promise.resolve(undefined),
  decide: (_state, account, { caller }) => created(put(accountAt(caller.mspId, account.account), account)),
};
