import type { CorporateActions } from '@kessai/interface';
import type { Implementation } from '@kessai/ledger';
import { announce } from './announce';
import { complete } from './complete';
import { pay } from './pay';
import { entitlements, events, pages } from './queries';

/** Dividends and splits from the register at a record date. */
export const corporateActions: Implementation<typeof CorporateActions> = {
  Announce: announce,
  Pay: pay,
  Complete: complete,
  Pages: pages,
  Events: events,
  Entitlements: entitlements,
};
