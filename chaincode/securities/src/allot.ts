import { type RequestOf, Securities, isRejection, refuse } from '@kessai/interface';
import { type SubmitHandler, created, load, memberOf, put, registeredAgain } from '@kessai/ledger';
import { allotmentAt } from './acts';
import { type Move, loadMove, postMove } from './move';

type Request = RequestOf<typeof Securities.methods.Allot>;

interface State extends Move {
  /** What was allotted under the id before. */
  readonly before: Request | undefined;
}

/** The issuer's securities go to a financial institution as underwriter, which passes them on to investors by Transfer. */
export const allot: SubmitHandler<Request, State> = {
  async load(reader, { id, isin, from, to }, { market }) {
    const member = memberOf(market, to.institution);
    const field = 'to.institution';
    if (!member) return refuse('MemberUnknown', { field, member: to.institution });
    const { mspId, role } = member;
    if (role !== 'institution') return refuse('MemberRole', { field, member: mspId, role, needed: ['institution'] });
    const move = await loadMove(reader, isin, ({ issuer }) => ({
      from: { institution: issuer, account: from },
      to,
      toField: 'to.account',
    }));
    if (isRejection(move)) return move;
    const { before } = await load(reader, { before: allotmentAt(move.from.institution, id) });
    return { ...move, before };
  },

  decide(state, request) {
    if (state.before) return registeredAgain(Securities.methods.Allot.request, state.before, request);
    const { id, quantity } = request;
    return postMove(state, quantity) ?? created(put(allotmentAt(state.from.institution, id), request));
  },
};
