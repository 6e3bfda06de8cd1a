import type { CorporateActions } from '@kessai/interface';
import type { Implementation } from '@kessai/ledger';
import { announce } from './announce';
import { complete } from './complete';
import { pay } from './pay';
import { entitlements, events, pages } from './queries';
import { withdraw } from './withdraw';

/** Dividends and splits from the register at a record date. */
export const corporateActions: Implementation<typeof CorporateActions> = {
  Announce: announce,
  Withdraw: withdraw,
  Pay: pay,
  Complete: complete,
  Pages: pages,
  Events: events,
  Entitlements: entitlements,
};
