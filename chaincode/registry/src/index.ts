import type { Registry } from '@kessai/interface';
import type { Implementation } from '@kessai/ledger';
import { admitMember } from './admit-member';
import { advanceClock } from './advance-clock';
import { found } from './found';
import { holdings } from './holdings';
import { openAccount } from './open-account';
import { accounts, clock, members } from './reference';
import { register } from './register';
import { snapshot } from './snapshot';
import { statement } from './statement';
import { supply } from './supply';

/** Founds the market, admits members, opens accounts, keeps the clock and the register of owners. */
export const registry: Implementation<typeof Registry> = {
  Found: found,
  AdmitMember: admitMember,
  Members: members,
  OpenAccount: openAccount,
  Accounts: accounts,
  AdvanceClock: advanceClock,
  Clock: clock,
  Snapshot: snapshot,
  Register: register,
  Holdings: holdings,
  Statement: statement,
  Supply: supply,
};
