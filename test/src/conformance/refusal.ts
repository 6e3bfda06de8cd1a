import { type ServiceError, status } from '@grpc/grpc-js';
import { gateway, google } from '@hyperledger/fabric-protos';

/** An error of a call, in the form in which two networks are compared: names of nodes in place of their addresses. */
export interface Refusal {
  readonly status: string;
  readonly message: string;
  /** What single nodes said, in an order that does not depend on who was first. */
  readonly details: readonly string[];
}

export type Answer<Value> = { readonly value: Value } | { readonly refused: Refusal };

/** The answer of a unary call, or its refusal. */
export async function answerOf<Value>(call: Promise<Value>, named: (text: string) => string): Promise<Answer<Value>> {
  try {
    return { value: await call };
  } catch (error) {
    if (!isServiceError(error)) throw error;
    return { refused: refusalOf(error, named) };
  }
}

export function refusalOf(error: ServiceError, named: (text: string) => string): Refusal {
  const statuses = error.metadata
    .get('grpc-status-details-bin')
    .map((value) => google.rpc.Status.deserializeBinary(Buffer.from(value)));
  const details = statuses
    .flatMap((one) => one.getDetailsList())
    .map((one) => gateway.ErrorDetail.deserializeBinary(one.getValue_asU8()))
    .map((one) => `${one.getAddress()} ${one.getMspId()}: ${one.getMessage()}`);
  return {
    status: status[error.code],
    // The client loses a message that ends with a blank; it comes a second time with the details.
    message: comparable(named(statuses[0]?.getMessage() ?? error.details)),
    details: [...new Set(details.map((detail) => comparable(named(detail))))].sort(),
  };
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error;
}

/**
 * Where endorsements differ, chance decides whose came first and who is the other; and what a peer's clock says is its own affair. Go's
 * protobuf ends `proto:` with one of two blanks, and which one depends on how the program was built.
 */
function comparable(text: string): string {
  const differs = 'ProposalResponsePayloads do not match';
  return text.endsWith(differs)
    ? differs
    : text.replace(/peer time \S+,/, 'peer time,').replaceAll('proto:\u00a0', 'proto: ');
}
