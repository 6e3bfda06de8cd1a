import type { Registry } from '@kessai/interface';
import type { Implementation } from '@kessai/ledger';
import { admitMember } from './admit-member';
import { advanceClock } from './advance-clock';
import { calendar, setCalendar } from './calendar';
import { found } from './found';
import { holdings } from './holdings';
import { openAccount } from './open-account';
import { policy, setPolicy } from './policy';
import { accounts, clock, members } from './reference';
import { register } from './register';
import { snapshot } from './snapshot';
import { statement } from './statement';
import { supply } from './supply';

/** Founds the market, admits members, opens accounts, keeps the clock and the register of owners. */
export const registry: Implementation<typeof Registry> = {
  Found: found,
  AdmitMember: admitMember,
  SetPolicy: setPolicy,
  Policy: policy,
  SetCalendar: setCalendar,
  Calendar: calendar,
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
