export * from './books';
export * from './books-asked';
export * from './calendar';
export * from './context';
export * from './decision';
export * from './execute';
export {
  type Holding,
  type HoldingPage,
  type Lock,
  holdingPageAt,
  holdingPagesOf,
  holdingsOn,
  lockedOf,
  pageNumber,
  scanHoldings,
  supplyAt,
  totalOf,
} from './holdings';
export { type JournalPage, journal } from './journal';
export * from './reference';
export * from './snapshots';
export * from './state';
export * from './terms';
export * from './trades';
