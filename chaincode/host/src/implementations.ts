import { contracts } from '@kessai/interface';
import { corporateActions } from '@kessai/corporate-actions';
import type { LooseImplementation } from '@kessai/ledger';
import { moneyTokens } from '@kessai/money-tokens';
import { orders } from '@kessai/orders';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { settlement } from '@kessai/settlement';
import type { HostedContract } from './contracts';

/** The handlers of every contract but the kernel's own, by its name; the compiler sees that none is left out. */
const implementations: Readonly<Record<Exclude<keyof typeof contracts, 'Market'>, LooseImplementation>> = {
  Registry: registry,
  Securities: securities,
  MoneyTokens: moneyTokens,
  Orders: orders,
  Settlement: settlement,
  CorporateActions: corporateActions,
};

/** All contracts of the market that have handlers of their own. */
export const marketContracts: readonly HostedContract[] = Object.entries(implementations).map(
  ([name, implementation]) => ({ definition: contracts[name as keyof typeof implementations], implementation }),
);
