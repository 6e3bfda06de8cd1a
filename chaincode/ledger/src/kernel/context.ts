import type { Collection, Instant, MspId, Role } from '@kessai/interface';
import { collectionOf, operatorsCollection } from '@kessai/interface';
import type { Clock, Market, Member, Policy } from '../reference';

/** Who signed the proposal, as the host reads it from the certificate. */
export interface Caller {
  readonly mspId: MspId;
  /** Node OU of the certificate. */
  readonly nodeRole: 'client' | 'admin' | 'peer' | 'orderer' | undefined;
  /** Attribute `kessai.role`: restricts what the holder may do within its organisation's role. */
  readonly restriction: string | undefined;
}

/** What the host tells of a transaction. All endorsers see the same. */
export interface TransactionFacts {
  readonly txId: string;
  /** The proposal's timestamp: the client's word, recorded and bounded by the clock, never decides value. */
  readonly time: Instant;
  readonly caller: Caller;
  /** The organisations that may found the market, as configured where the chaincode is deployed. */
  readonly founders: readonly MspId[];
}

/** What a handler may rely on once the kernel has admitted the caller. */
export interface Context {
  /** Of an instruction the time of its cycle; of a query that of its proposal. */
  readonly time: Instant;
  readonly caller: Member;
  readonly clock: Clock;
  readonly market: Market;
  readonly policy: Policy;
  /** What the caller's certificate restricts it to. */
  readonly restriction: string | undefined;
  /** `Contract:Method`. */
  readonly method: string;
  /** The cycle that executes the instruction; of a query the last cycle. */
  readonly cycle: number;
  /** Ledger time of the last cycle before: what is dated earlier can never change. */
  readonly finalBefore: Instant;
}

/** The collection in which what concerns an organisation's own requests is kept. */
export function homeCollection(role: Role, mspId: MspId): Collection {
  return role === 'operator' || role === 'auditor' ? operatorsCollection : collectionOf(mspId);
}
