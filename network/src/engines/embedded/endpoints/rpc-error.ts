import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { gateway, google } from '@hyperledger/fabric-protos';
import { Any } from 'google-protobuf/google/protobuf/any_pb';

/** What one node of the network had to say about a request that failed, as a gateway client sees it. */
export interface NodeFailure {
  readonly address: string;
  readonly mspId: string;
  readonly message: string;
}

/** A call that ends with a gRPC status, and for the gateway service with what each node said. */
export class RpcError extends Error {
  readonly code: status;
  readonly failures: readonly NodeFailure[];

  constructor(code: status, message: string, failures: readonly NodeFailure[] = []) {
    super(message);
    this.name = 'RpcError';
    this.code = code;
    this.failures = failures;
  }
}

const DETAILS_KEY = 'grpc-status-details-bin';

/** The form in which grpc-js sends an error; anything that is not an {@link RpcError} becomes UNKNOWN, as a plain Go error does. */
export function toServiceError(error: unknown): ServiceError {
  const code = error instanceof RpcError ? error.code : status.UNKNOWN;
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new Metadata();
  if (error instanceof RpcError && error.failures.length > 0) {
    metadata.set(DETAILS_KEY, Buffer.from(statusWithDetails(error).serializeBinary()));
  }
  return Object.assign(new Error(message), { code, details: message, metadata });
}

function statusWithDetails(error: RpcError): google.rpc.Status {
  const result = new google.rpc.Status();
  result.setCode(error.code);
  result.setMessage(error.message);
  for (const failure of error.failures) {
    const detail = new gateway.ErrorDetail();
    detail.setAddress(failure.address);
    detail.setMspId(failure.mspId);
    detail.setMessage(failure.message);
    const any = new Any();
    any.pack(detail.serializeBinary(), 'gateway.ErrorDetail');
    result.addDetails(any);
  }
  return result;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
