import type { MoneyTokens } from '@kessai/interface';
import type { Implementation } from '@kessai/ledger';
import { burn } from './burn';
import { mint } from './mint';
import { monies, outstanding } from './outstanding';
import { registerMoney } from './register-money';
import { transfer } from './transfer';

/** Money tokens of settlement banks: Plan 2 of the paper. */
export const moneyTokens: Implementation<typeof MoneyTokens> = {
  RegisterMoney: registerMoney,
  Monies: monies,
  Mint: mint,
  Transfer: transfer,
  Burn: burn,
  Outstanding: outstanding,
};
