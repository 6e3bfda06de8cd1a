import type { RequestOf, Securities } from '@kessai/interface';
import { type SubmitHandler, created } from '@kessai/ledger';
import { type Move, loadMove, postMove } from './move';

type Request = RequestOf<typeof Securities.methods.Transfer>;

/** Within one institution: from its own account to a client's, or between clients. */
export const transfer: SubmitHandler<Request, Move> = {
  load: (reader, { isin, from, to }, { caller: { mspId: institution } }) =>
    loadMove(reader, isin, () => ({
      from: { institution, account: from },
      to: { institution, account: to },
      toField: 'to',
    })),

  decide: (move, { quantity }) => postMove(move, quantity) ?? created(),
};
