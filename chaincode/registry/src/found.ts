import {
  type MarketPolicy,
  type Registry,
  type RequestOf,
  boardCollection,
  operatorsCollection,
  publicState,
  refuse,
} from '@kessai/interface';
import {
  type Clock,
  type FoundingHandler,
  clockRef,
  clockTicks,
  dateOf,
  marketRef,
  policyRef,
  put,
  refusedDate,
  refusedDistance,
} from '@kessai/ledger';

/** Nothing goes by itself until operators say so. */
const byOperator: MarketPolicy = { matching: 'by-operator', settlement: 'by-operator' };

/** Days from the founding to the first business day, at most. */
const longestPreparation = 366;

/** Founds the market with its operators. The clock starts in the phase closed of the founding day. */
export const found: FoundingHandler<RequestOf<typeof Registry.methods.Found>> = {
  founding: true,
  decide({ name, businessDate, operators, secrets, policy = byOperator }, caller, { founders, time }) {
    if (!founders.includes(caller)) return refuse('FounderUnknown', { caller });
    const named = operators.map(({ mspId }) => mspId);
    if (!named.includes(caller)) return refuse('FounderMissing', { field: 'operators', member: caller });
    for (const [index, member] of named.entries()) {
      if (named.indexOf(member) < index) {
        return refuse('DuplicateMember', { field: `operators[${index.toString()}].mspId`, member });
      }
    }
    // Nobody has named holidays yet.
    const closed =
      refusedDate(undefined, businessDate, 'businessDate') ??
      refusedDistance(dateOf(time), businessDate, 'businessDate', longestPreparation);
    if (closed) return closed;
    const members = operators.map((operator) => ({ ...operator, role: 'operator' as const }));
    const clock: Clock = { businessDate, phase: 'closed', sequence: 0, time, cycle: 0 };
    return {
      writes: [
        put(marketRef, { name, founded: time, members }),
        put(clockRef, clock),
        put(clockTicks.at(publicState, clock.sequence), clock),
        put(policyRef, policy),
      ],
      secrets: [
        { collection: operatorsCollection, secret: secrets.operators },
        { collection: boardCollection, secret: secrets.board },
      ],
    };
  },
};
