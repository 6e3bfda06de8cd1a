import { resolve } from 'node:path';
import type { DeployResult } from '../../admin';
import { requireFree } from '../../directory/free-ports';
import { openOrMake } from '../../directory/make-directory';
import { NetworkFiles } from '../../directory/network-files';
import { servingPorts } from '../../directory/network-record';
import type { NetworkRecord } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { withChosenPorts } from '../../directory/with-chosen-ports';
import { runEmbeddedNetwork } from '../../engines/embedded/process/embedded-network';
import { profileOf } from '../../profile';
import type { Profile } from '../../profile';
import { readTopology } from '../../topology';
import type { Topology } from '../../topology';
import { deployOn } from '../market/deploy-market';

export interface StartEmbeddedRequest {
  readonly directory: string;
  readonly topology?: Topology;
  /** Another chaincode program than Kessai's. */
  readonly chaincodeProgram?: string;
}

/** An embedded network in this process, for tests and for programs that bring their own. */
export interface EmbeddedNetwork extends AsyncDisposable {
  readonly directory: string;
  readonly topology: Topology;
  readonly record: NetworkRecord;
  /** The chaincode process that serves now, if there is one. */
  readonly chaincodePid: number | undefined;
  deploy(): Promise<DeployResult>;
  /** From now on a block is cut only by `cutBlock`: for tests that say which transactions share a block. */
  holdBlocks(): void;
  /** Cuts a block of the transactions that wait, and returns when it is committed. */
  cutBlock(): Promise<void>;
  profile(mspId: string, user?: string): Profile;
  close(): Promise<void>;
}

/**
 * Starts a network's engine in this process; the chaincode still runs in one of its own. A directory is made where there is none.
 *
 * @throws NetworkError as `up` does.
 */
export async function startEmbedded(request: StartEmbeddedRequest): Promise<EmbeddedNetwork> {
  const files = new NetworkFiles(resolve(request.directory));
  const opened = await openOrMake(files.directory, request.topology, () => readTopology());
  const { network, running } = await withChosenPorts(files, opened.made, opened.record, async (chosen) => {
    const attempt: OpenNetwork = { files, record: chosen };
    await requireFree(servingPorts(chosen));
    return { network: attempt, running: await runEmbeddedNetwork(attempt, request.chaincodeProgram) };
  });
  const { record } = network;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => (closing ??= running.close());
  return {
    directory: files.directory,
    topology: record.topology,
    record,
    get chaincodePid() {
      return running.chaincodePid;
    },
    deploy: async () => deployOn(network),
    holdBlocks: () => {
      running.engine.holdBlocks();
    },
    cutBlock: async () => running.engine.cutBlock(),
    profile: (mspId, user) => profileOf(files, record, mspId, user),
    close,
    [Symbol.asyncDispose]: close,
  };
}
