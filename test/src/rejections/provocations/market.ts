import { inboxOf, type JsonObject, type MspId, sealedKey } from '@kessai/interface';
import { cycle, executed, type Provocation, sealed, submit } from './provocation';

export const ofMarket = {
  SentDirectly: {
    when: 'what is a transaction of its own is sealed',
    ask: submit('CsdMSP', 'Market:Cycle', { number: 1, submissions: [] }),
  },
  InstructionExpired: {
    when: 'the cycle comes after the time until which an order is good',
    ask: async (day) => executed(day, [sealed(day, { goodUntil: '2023-03-01T00:00:00.000Z' })]),
  },
  InstructionTooEarly: {
    when: 'the cycle comes before the time from which an order is good',
    ask: async (day) => executed(day, [sealed(day, { notBefore: '2999-01-01T00:00:00.000Z' })]),
  },
  SubmissionQuarantined: {
    when: 'the operators set a submission aside',
    ask: async (day) => {
      const setAside = { ...sealed(day), quarantined: true };
      return executed(day, [setAside]);
    },
  },
  SubmissionMalformed: {
    when: "a member's own peer put something else into its inbox",
    ask: async (day) => {
      const submission = sealed(day);
      const at = { collection: inboxOf('AlphaMSP' as MspId), key: sealedKey(submission.transactionId) };
      day.market.ledger.commit({ versions: new Map() }, [{ ...at, value: '{"salt":"","orders":[]}' }]);
      return executed(day, [submission]);
    },
  },
  CycleAhead: { when: 'a cycle is left out', ask: cycle(2) },
  SubmissionOutOfOrder: {
    when: 'a cycle takes what an earlier one has taken',
    ask: async (day) => {
      const { cycles } = await day.ask<{ readonly cycles: readonly { readonly submissions: readonly JsonObject[] }[] }>(
        'CsdMSP',
        'Market:Cycles',
        { from: 1, limit: 1 },
      );
      return cycle(1, cycles[0]?.submissions)(day);
    },
  },
  SubmissionUnknown: {
    when: 'a cycle takes what nobody sealed',
    ask: cycle(1, [{ member: 'AlphaMSP', transactionId: 'f'.repeat(64), place: { block: 999_999, transaction: 0 } }]),
  },
} satisfies Readonly<Record<string, Provocation>>;
