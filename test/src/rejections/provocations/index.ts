import type { marketRejections } from '@kessai/interface';
import { ofAny } from './common';
import { ofCorporateActions } from './corporate-actions';
import { ofMarket } from './market';
import { ofMoneyTokens } from './money-tokens';
import { ofOrders } from './orders';
import type { Provocation } from './provocation';
import { ofRegistry } from './registry';
import { ofSecurities } from './securities';
import { ofSettlement } from './settlement';

export { sell } from './provocation';

type Code = keyof typeof marketRejections;

/** What only the deployed chaincode refuses, or a contract that has a defect: the tests that provoke it. */
export const provokedElsewhere = {
  ArgumentsNotAllowed: 'chaincode/host/src/chaincode.test.ts',
  SealedOnly: 'chaincode/host/src/chaincode.test.ts',
  CollectionNotHeld: 'chaincode/host/src/stub-state.test.ts',
  CollectionUndefined: 'chaincode/host/src/stub-state.test.ts',
  SubmissionSuspected: 'chaincode/ledger/src/kernel/cycle.test.ts',
  RecallNeeded: 'chaincode/ledger/src/kernel/ids.test.ts',
  InstructionFailed: 'chaincode/ledger/src/kernel/instruction.test.ts',
} as const satisfies Partial<Record<Code, string>>;

/** How each reason to refuse is provoked: those that any method may have, then contract by contract. */
export const provocations: Readonly<Record<Exclude<Code, keyof typeof provokedElsewhere>, Provocation>> = {
  ...{ ...ofAny, ...ofMarket, ...ofRegistry, ...ofSecurities, ...ofMoneyTokens, ...ofOrders, ...ofSettlement },
  ...ofCorporateActions,
};
