import { createHash, createPrivateKey } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import { signers } from '@hyperledger/fabric-gateway';
import { common, orderer } from '@hyperledger/fabric-protos';
import type { Profile } from '@kessai/gateway-client';
import { PlainGateway } from '../support/plain-gateway';
import { headerHash } from './block-hash';

/** An orderer, as one who reads blocks from it needs to know it. */
export interface Orderer {
  readonly hostname: string;
  /** Host and port. */
  readonly endpoint: string;
  readonly tlsRootCert: string;
}

/** The newest block that an orderer has. */
export interface NewestBlock {
  readonly height: number;
  /** Hexadecimal. */
  readonly hash: string;
  /** The number of the leader's term in which the block was agreed on. */
  readonly view: number;
}

const answerMs = 2_000;

/** A channel's orderers in the order of the channel's configuration, read as a member that may read whole blocks. */
export class OrderingService implements Disposable {
  readonly orderers: readonly Orderer[];
  readonly #reader: Profile;
  readonly #plain: PlainGateway;

  constructor(orderers: readonly Orderer[], reader: Profile) {
    this.orderers = orderers;
    this.#reader = reader;
    this.#plain = new PlainGateway(reader);
  }

  /**
   * Who leads, by the newest block of any orderer that answers: with leader rotation off, the term's number tells it. After a leader's
   * end that is the old one until the next block.
   */
  async leader(): Promise<Orderer> {
    const newest = await Promise.all(this.orderers.map((one) => this.newest(one).catch(() => undefined)));
    const view = Math.max(...newest.map((block) => block?.view ?? -1));
    const leader = this.orderers[view % this.orderers.length];
    if (leader === undefined) throw new Error('No orderer tells its newest block');
    return leader;
  }

  async newest({ endpoint, hostname, tlsRootCert }: Orderer): Promise<NewestBlock> {
    const credentials = grpc.credentials.createSsl(Buffer.from(tlsRootCert));
    const client = new orderer.AtomicBroadcastClient(endpoint, credentials, {
      'grpc.ssl_target_name_override': hostname,
    });
    try {
      return newestBlock(await firstBlock(client, await this.#seekNewest()));
    } finally {
      client.close();
    }
  }

  /** The gateway package makes the envelope, of which another part of the chain is then asked for. */
  async #seekNewest(): Promise<common.Envelope> {
    const request = this.#plain.network.newBlockEventsRequest({ startBlock: 0n });
    const envelope = common.Envelope.deserializeBinary(request.getBytes());
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const position = new orderer.SeekPosition();
    position.setNewest(new orderer.SeekNewest());
    const seek = new orderer.SeekInfo();
    seek.setStart(position);
    seek.setStop(position);
    seek.setBehavior(orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY);
    payload.setData(seek.serializeBinary());
    const bytes = payload.serializeBinary();
    const sign = signers.newPrivateKeySigner(createPrivateKey(this.#reader.key));
    envelope.setPayload(bytes);
    envelope.setSignature(await sign(createHash('sha256').update(bytes).digest()));
    return envelope;
  }

  [Symbol.dispose](): void {
    this.#plain[Symbol.dispose]();
  }
}

async function firstBlock(client: orderer.AtomicBroadcastClient, seek: common.Envelope): Promise<common.Block> {
  const stream = client.deliver(null, { deadline: Date.now() + answerMs });
  return new Promise((resolve, reject) => {
    stream.on('data', (response: orderer.DeliverResponse) => {
      const block = response.getBlock();
      if (block) resolve(block);
      else reject(new Error(`The orderer answers ${response.getStatus().toString()} instead of its newest block`));
      stream.cancel();
    });
    // After the answer that is the stream's cancellation, which changes nothing.
    stream.on('error', reject);
    stream.on('end', () => reject(new Error('The orderer ended the stream without a block')));
    stream.write(seek);
  });
}

function newestBlock(block: common.Block): NewestBlock {
  const header = block.getHeader() ?? new common.BlockHeader();
  const [signatures = new Uint8Array()] = block.getMetadata()?.getMetadataList_asU8() ?? [];
  const signed = common.Metadata.deserializeBinary(signatures).getValue_asU8();
  const consensus = common.OrdererBlockMetadata.deserializeBinary(signed).getConsenterMetadata_asU8();
  // SmartBFT's ViewMetadata, which the protocol package lacks: its first field is a number, as this message's only one.
  const view = common.LastConfig.deserializeBinary(consensus).getIndex();
  return { height: header.getNumber() + 1, hash: headerHash(header).toString('hex'), view };
}
