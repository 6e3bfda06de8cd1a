import { common } from '@hyperledger/fabric-protos';
import type { Market, Profile } from '@kessai/gateway-client';
import { PlainGateway } from '../support/plain-gateway';
import type { OrderingService } from './ordering-service';
import { until } from '../support/until';

/** Where a node's chain ends. */
interface ChainEnd {
  readonly node: string;
  readonly height: number;
  /** Of the last block, in hexadecimal; it covers every block before. */
  readonly hash: string;
}

const commitHashPart = 4;

/** The channel as each peer and each orderer has it. */
export class Chain implements Disposable {
  readonly #peers: ReadonlyMap<string, PlainGateway>;
  readonly #ordering: OrderingService;
  readonly #channel: string;

  constructor(profiles: readonly Profile[], ordering: OrderingService, { channel }: Pick<Market, 'channel'>) {
    // One that was away is spoken to again soon.
    const options = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 200 };
    this.#peers = new Map(
      profiles.map((profile) => [
        profile.mspId,
        new PlainGateway({ ...profile, gatewayOptions: { ...profile.gatewayOptions, ...options } }),
      ]),
    );
    this.#ordering = ordering;
    this.#channel = channel;
  }

  /** Blocks of an organisation's peer; undefined where it does not answer. */
  async heightOf(mspId: string): Promise<number | undefined> {
    return (await this.#endAt(mspId).catch(() => undefined))?.height;
  }

  /** Blocks of an orderer; undefined where it does not answer. */
  async heightOfOrderer(hostname: string): Promise<number | undefined> {
    const found = this.#ordering.orderers.find((one) => one.hostname === hostname);
    if (!found) throw new Error(`${hostname} is no orderer`);
    return (await this.#ordering.newest(found).catch(() => undefined))?.height;
  }

  /** The most blocks that any peer has. */
  async highest(): Promise<number> {
    const heights = await Promise.all([...this.#peers.keys()].map((mspId) => this.heightOf(mspId)));
    return Math.max(...heights.map((height) => height ?? 0));
  }

  /**
   * Waits until every node has the same number of blocks, which takes a moment after the last submit.
   * @returns the number.
   * @throws Error where two nodes of the same height have different blocks.
   */
  async atRest(limitMs: number): Promise<number> {
    let height = 0;
    await until(limitMs, 'every node to have the same number of blocks', async () => {
      const ends = await this.#ends();
      for (const end of ends ?? []) {
        const other = ends?.find((one) => one.height === end.height && one.hash !== end.hash);
        if (other) throw new Error(`${end.node} and ${other.node} differ in block ${(end.height - 1).toString()}`);
      }
      height = ends?.[0]?.height ?? 0;
      return ends?.every((end) => end.height === height) === true;
    });
    return height;
  }

  /**
   * Of a block, what each peer made of it: which of its transactions are valid, and Fabric's hash of all writes so far.
   * @returns by organisation; in hexadecimal.
   */
  async commitHashes(block: number): Promise<ReadonlyMap<string, string>> {
    const hashes = await Promise.all(
      [...this.#peers].map(async ([mspId, plain]) => {
        const contract = plain.network.getContract('qscc');
        const bytes = await contract.evaluateTransaction('GetBlockByNumber', this.#channel, block.toString());
        const parts = common.Block.deserializeBinary(bytes).getMetadata()?.getMetadataList_asU8() ?? [];
        return [mspId, Buffer.from(parts[commitHashPart] ?? []).toString('hex')] as const;
      }),
    );
    return new Map(hashes);
  }

  /** Every block that an organisation's peer has, for an organisation that may read whole blocks. */
  async *blocks(mspId: string): AsyncIterable<common.Block> {
    const height = (await this.heightOf(mspId)) ?? 0;
    const events = await this.#peers.get(mspId)?.network.getBlockEvents({ startBlock: 0n });
    if (!events) throw new Error(`${mspId} has no peer`);
    try {
      for await (const block of events) {
        yield block;
        if ((block.getHeader()?.getNumber() ?? 0) + 1 >= height) return;
      }
    } finally {
      events.close();
    }
  }

  /** Undefined while a node does not answer. */
  async #ends(): Promise<readonly ChainEnd[] | undefined> {
    try {
      return await Promise.all([
        ...[...this.#peers.keys()].map((mspId) => this.#endAt(mspId)),
        ...this.#ordering.orderers.map(async (one) => ({
          node: one.hostname,
          ...(await this.#ordering.newest(one)),
        })),
      ]);
    } catch {
      return undefined;
    }
  }

  async #endAt(mspId: string): Promise<ChainEnd> {
    const contract = this.#peers.get(mspId)?.network.getContract('qscc');
    const bytes = await contract?.evaluateTransaction('GetChainInfo', this.#channel);
    const info = common.BlockchainInfo.deserializeBinary(bytes ?? new Uint8Array());
    return {
      node: mspId,
      height: info.getHeight(),
      hash: Buffer.from(info.getCurrentblockhash_asU8()).toString('hex'),
    };
  }

  [Symbol.dispose](): void {
    for (const plain of this.#peers.values()) plain[Symbol.dispose]();
  }
}
