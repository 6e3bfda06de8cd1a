export { checkOrder, type CheckOrderOptions, type OrderReport } from './check-order';
export { type CycleTransaction, type InboxRead, cycleOf, cyclesOf, progressIn } from './cycles';
export {
  type CollectionUse,
  type HashedRead,
  type HashedWrite,
  type LedgerBlock,
  type LedgerTransaction,
  type PublicWrite,
  readBlock,
} from './ledger-block';
export type { OrderFault, OrderFaultKind } from './order-fault';
export { comparePlaces, isAfter, placeText } from './places';
export { type PublicBlocksOptions, publicBlocks } from './public-blocks';
export { type Submission, submissionsIn, submissionsOf } from './submissions';
