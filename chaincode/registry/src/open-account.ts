import { Registry, type RequestOf, refuse } from '@kessai/interface';
import {
  type Account,
  type SubmitHandler,
  accountAt,
  created,
  load,
  put,
  registeredAgain,
  suspenseAccount,
} from '@kessai/ledger';

interface State {
  readonly opened: Account | undefined;
}

/** Opens an account at the calling organisation. */
export const openAccount: SubmitHandler<RequestOf<typeof Registry.methods.OpenAccount>, State> = {
  load: (reader, { account }, { caller }) => load(reader, { opened: accountAt(caller.mspId, account) }),
  decide({ opened }, account, { caller }) {
    if (account.account === suspenseAccount) {
      return refuse('FieldMalformed', { field: 'account', reason: 'is reserved: every organisation has this account' });
    }
    if (opened) return registeredAgain(Registry.methods.OpenAccount.request, opened, account);
    return created(put(accountAt(caller.mspId, account.account), account));
  },
};
