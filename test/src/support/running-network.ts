import type { Organisation } from '@kessai/network';
import type { Profile } from '@kessai/gateway-client';

/** What the tests need of a network, however its nodes are run. */
export interface RunningNetwork {
  readonly organisations: readonly Organisation[];
  profile(mspId: string, user?: string): Profile;
  /** Deploys the market's chaincode; repeated, it does nothing. */
  deploy(): Promise<void>;
  /** Process numbers by node, null where it does not run; empty where the nodes are no processes of their own. */
  nodes(): Readonly<Record<string, number | null>>;
  /** The process that executes the chaincode for an organisation's peer now, if there is one. */
  chaincodePid(mspId: string): number | undefined;
  /**
   * Returns when every peer that runs has so many blocks, or without a number as many as the one that has most: only then do all
   * of them endorse on the same state.
   */
  caughtUp(height?: bigint): Promise<void>;
  /** Leaves an organisation's peer without its chaincode, so that it endorses nothing until the network is mended. */
  silence(mspId: string): Promise<void>;
  /** Brings back what was silenced. */
  mend(): Promise<void>;
  /** Ends all that runs; what is on disk stays. */
  close(): Promise<void>;
  /** Starts again from what is on disk, and returns when it serves. */
  open(): Promise<void>;
}

/** Starts a network in a directory; without organisations, with those of the market's own topology. */
export type StartNetwork = (
  directory: string,
  organisations: readonly Organisation[] | undefined,
) => Promise<RunningNetwork>;
