import { contracts } from '@kessai/interface';
import { corporateActions } from '@kessai/corporate-actions';
import type { LooseImplementation } from '@kessai/ledger';
import { moneyTokens } from '@kessai/money-tokens';
import { orders } from '@kessai/orders';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { settlement } from '@kessai/settlement';
import type { HostedContract } from './contracts';

/** The handlers of every contract, by its name; the compiler sees that none is left out. */
const implementations: { readonly [C in keyof typeof contracts]: LooseImplementation } = {
  Registry: registry,
  Securities: securities,
  MoneyTokens: moneyTokens,
  Orders: orders,
  Settlement: settlement,
  CorporateActions: corporateActions,
};

/** All contracts of the market. */
export const marketContracts: readonly HostedContract[] = Object.values(contracts).map((definition) => ({
  definition,
  implementation: implementations[definition.name as keyof typeof contracts],
}));
