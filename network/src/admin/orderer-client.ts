import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import type { common } from '@hyperledger/fabric-protos';
import { AdministrationError } from './administration-error';

/** An orderer's administration endpoint, and the TLS certificate with which its organisation administers it. PEM texts. */
export interface OrdererAccess {
  readonly mspId: string;
  readonly host: string;
  readonly port: number;
  readonly tlsRootCertificate: string;
  /** The name in the orderer's TLS certificate, where it is not the host. */
  readonly hostname?: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
}

/** A channel, as an orderer tells about it. */
export interface OrdererChannel {
  readonly name: string;
  readonly height: number;
  /** `active` when the orderer takes part; `onboarding` while it fetches blocks. */
  readonly status: string;
  /** `consenter` when it takes part in the consensus; `follower` when it only fetches blocks. */
  readonly consensusRelation: string;
}

const CHANNELS = '/participation/v1/channels';
const CALL_MS = 10_000;
const OK = 200;
const CREATED = 201;
const NOT_FOUND = 404;
const NOT_ALLOWED = 405;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Administration of one orderer by Fabric's channel participation interface, over mutual TLS. */
export class OrdererClient {
  readonly #access: OrdererAccess;

  constructor(access: OrdererAccess) {
    this.#access = access;
  }

  get mspId(): string {
    return this.#access.mspId;
  }

  /** What the orderer tells about a channel, or undefined where it has not joined it. */
  async channel(name: string): Promise<OrdererChannel | undefined> {
    const answer = await this.#call('GET', `${CHANNELS}/${encodeURIComponent(name)}`);
    if (answer.status === NOT_FOUND) return undefined;
    if (answer.status !== OK) throw this.#refused('ChannelInfo', answer);
    return JSON.parse(answer.body) as OrdererChannel;
  }

  /**
   * Joins the orderer to the channel of the block 0, unless it has joined already.
   *
   * @returns whether it joined now.
   * @throws AdministrationError `OrdererUnreachable`, `ChannelJoinRefused`.
   */
  async join(genesis: common.Block): Promise<boolean> {
    const boundary = randomBytes(16).toString('hex');
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="config-block"; filename="genesis.block"\r\nContent-Type: application/octet-stream\r\n\r\n`;
    const body = Buffer.concat([Buffer.from(head), genesis.serializeBinary(), Buffer.from(`\r\n--${boundary}--\r\n`)]);
    const answer = await this.#call('POST', CHANNELS, { type: `multipart/form-data; boundary=${boundary}`, body });
    if (answer.status === CREATED) return true;
    // The orderer's way to say that it has the channel already.
    if (answer.status === NOT_ALLOWED) return false;
    throw this.#refused('JoinChannel', answer);
  }

  #refused(operation: string, { status, body }: Answer): AdministrationError {
    const message = `the orderer answered ${status.toString()}: ${body.trim()}`;
    return new AdministrationError('ChannelJoinRefused', { mspId: this.mspId, operation, message });
  }

  async #call(
    method: string,
    path: string,
    content?: { readonly type: string; readonly body: Buffer },
  ): Promise<Answer> {
    const { host, port, hostname, tlsRootCertificate, clientCertificate, clientKey } = this.#access;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const outgoing = request(
          {
            method,
            path,
            host,
            port,
            ca: tlsRootCertificate,
            cert: clientCertificate,
            key: clientKey,
            agent: false,
            timeout: CALL_MS,
            ...(hostname === undefined ? {} : { servername: hostname }),
            ...(content === undefined
              ? {}
              : { headers: { 'Content-Type': content.type, 'Content-Length': content.body.length } }),
          },
          (incoming) => {
            const chunks: Buffer[] = [];
            incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
            incoming.on('error', reject);
            incoming.on('end', () => {
              resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
            });
          },
        );
        outgoing.on('error', reject);
        outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${CALL_MS.toString()} ms`)));
        outgoing.end(content?.body);
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const detail = { mspId: this.mspId, operation: `${method} ${path}`, message, cause: error };
      throw new AdministrationError('OrdererUnreachable', detail);
    }
  }
}
