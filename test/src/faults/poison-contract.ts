import type { HostedContract } from '@kessai/chaincode-host';
import { anyPhase, defineContract, everyone, object, submit } from '@kessai/interface';
import type { SubmitHandler } from '@kessai/ledger';

/** A contract with the defects that no contract should have. */
export const Poison = defineContract({
  name: 'Poison',
  summary: 'Fails in every way in which an instruction can.',
  methods: {
    Throw: submit({
      summary: 'Throws where it decides.',
      roles: everyone,
      phases: anyPhase,
      request: object({}),
    }),
    ThrowEarly: submit({
      summary: 'Throws where it reads.',
      roles: everyone,
      phases: anyPhase,
      request: object({}),
    }),
    Loop: submit({
      summary: 'Never ends, and never gives the event loop back.',
      roles: everyone,
      phases: anyPhase,
      request: object({}),
    }),
    End: submit({
      summary: 'Ends the process that executes it.',
      roles: everyone,
      phases: anyPhase,
      request: object({}),
    }),
  },
  rejections: {},
});

type Handler = SubmitHandler<unknown, undefined>;

const nothing = (): Promise<undefined> => Promise.resolve(undefined);

const throwing: Handler = {
  load: nothing,
  decide: () => {
    throw new Error('as no decision should');
  },
};

const throwingEarly: Handler = {
  load: () => {
    throw new Error('as nothing that is read should');
  },
  decide: throwing.decide,
};

const looping: Handler = {
  load: nothing,
  decide: () => {
    for (;;);
  },
};

const ending: Handler = {
  load: nothing,
  decide: () => process.exit(1),
};

export const poisonContract: HostedContract = {
  definition: Poison,
  implementation: { Throw: throwing, ThrowEarly: throwingEarly, Loop: looping, End: ending },
};
