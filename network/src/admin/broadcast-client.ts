import * as grpc from '@grpc/grpc-js';
import { common, orderer } from '@hyperledger/fabric-protos';
import { AdministrationError } from './administration-error';

/** Where an orderer takes transactions. */
export interface OrderingAccess {
  readonly mspId: string;
  /** Host and port. */
  readonly endpoint: string;
  /** PEM text of the root that the orderer's TLS certificate chains to. */
  readonly tlsRootCertificate: string;
  /** The name in the orderer's TLS certificate, where it is not the endpoint's. */
  readonly hostname?: string;
}

const CALL_MS = 15_000;
const OPERATION = 'Broadcast';

/** Sends envelopes to one orderer, for what a peer's gateway does not take: changes of a channel's configuration. */
export class BroadcastClient {
  readonly mspId: string;
  readonly #client: orderer.AtomicBroadcastClient;

  constructor({ mspId, endpoint, tlsRootCertificate, hostname }: OrderingAccess) {
    this.mspId = mspId;
    const credentials = grpc.credentials.createSsl(Buffer.from(tlsRootCertificate));
    const options = hostname === undefined ? {} : { 'grpc.ssl_target_name_override': hostname };
    this.#client = new orderer.AtomicBroadcastClient(endpoint, credentials, options);
  }

  /**
   * Returns when the orderer has taken the envelope; it is in no block yet.
   *
   * @throws AdministrationError `OrdererUnreachable` where it may be tried at another orderer; `BroadcastRefused` with the orderer's
   * words.
   */
  async send(envelope: common.Envelope): Promise<void> {
    const answer = await this.#call(envelope);
    const status = answer.getStatus();
    if (status === common.Status.SUCCESS) return;
    const name = Object.entries(common.Status).find(([, value]) => value === status)?.[0] ?? status.toString();
    const code = status === common.Status.SERVICE_UNAVAILABLE ? 'OrdererUnreachable' : 'BroadcastRefused';
    throw new AdministrationError(code, {
      mspId: this.mspId,
      operation: OPERATION,
      message: `the orderer answered ${name}: ${answer.getInfo()}`,
    });
  }

  close(): void {
    this.#client.close();
  }

  async #call(envelope: common.Envelope): Promise<orderer.BroadcastResponse> {
    const call = this.#client.broadcast(new grpc.Metadata(), { deadline: Date.now() + CALL_MS });
    try {
      return await new Promise<orderer.BroadcastResponse>((resolve, reject) => {
        call.once('data', resolve);
        // Errors may follow an answer, when the call is cancelled below: they are for nobody.
        call.on('error', reject);
        call.once('end', () => {
          reject(new Error('the orderer ended the call without an answer'));
        });
        call.write(envelope);
      });
    } catch (error) {
      const message = (error as Partial<grpc.ServiceError>).details ?? (error as Error).message;
      const detail = { mspId: this.mspId, operation: OPERATION, message, cause: error };
      throw new AdministrationError('OrdererUnreachable', detail);
    } finally {
      call.cancel();
    }
  }
}
