import { type RequestOf, type Securities, refuse } from '@kessai/interface';
import { type SubmitHandler, memberOf } from '@kessai/ledger';
import { type Move, decideMove, loadMove } from './move';

type Request = RequestOf<typeof Securities.methods.Allot>;

/** The issuer's securities go to a financial institution as underwriter, which passes them on to investors by Transfer. */
export const allot: SubmitHandler<Request, Move> = {
  load(reader, { isin, from, to }, { market }) {
    const member = memberOf(market, to.institution);
    if (!member) return Promise.resolve(refuse('MemberUnknown', { field: 'to.institution', member: to.institution }));
    if (member.role !== 'institution') {
      return Promise.resolve(
        refuse('MemberRole', {
          field: 'to.institution',
          member: member.mspId,
          role: member.role,
          needed: ['institution'],
        }),
      );
    }
    return loadMove(reader, isin, ({ issuer }) => ({
      from: { institution: issuer, account: from },
      to,
      toField: 'to.account',
    }));
  },

  decide: (move, { quantity }) => decideMove(move, quantity),
};
