import type { Settlement } from '@kessai/interface';
import type { Implementation } from '@kessai/ledger';
import { instructions } from './instructions';
import { settle } from './settle';

/** Delivery versus payment on the sign-off of an operator. */
export const settlement: Implementation<typeof Settlement> = { Settle: settle, Instructions: instructions };
