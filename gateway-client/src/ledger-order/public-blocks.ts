import { status } from '@grpc/grpc-js';
import { common } from '@hyperledger/fabric-protos';
import { Connection } from '../connection';
import { causeText } from '../failure-cause';
import { gatewayFailure, refusesIdentity } from '../gateway-failure';
import { CancelledError, GatewayRefusedError, IdentityRefusedError, UnavailableError } from '../market-error';
import { type CheckedKeylessProfile, type KeylessProfile, checkProfile } from '../profile';
import { rpcOptions } from '../rpc-options';
import type { Signer } from '../signing';

export interface PublicBlocksOptions {
  /** The first block; by default that with which the channel begins. */
  readonly startBlock?: bigint;
  readonly signal?: AbortSignal;
  /** As in ConnectOptions. */
  readonly signer?: Signer;
}

const answerMs = 30_000;
/** Blocks asked for ahead of the reader. */
const ahead = 16;

/**
 * The whole blocks that a channel has now, by way of `qscc` at the own peer: any member may ask for them, unlike for a stream of blocks.
 * @throws ProfileError, or another MarketError
 */
export async function* publicBlocks(
  profile: KeylessProfile,
  { startBlock = 0n, signal, signer }: PublicBlocksOptions = {},
): AsyncGenerator<common.Block, void, undefined> {
  const checked = checkProfile(profile, signer ? { signer } : {});
  const connection = new Connection(checked, signer && { signer, deadlineMs: answerMs });
  try {
    const height = await connection.height(answerMs, signal);
    const asked: Promise<common.Block>[] = [];
    for (let next = startBlock; next < height || asked.length > 0;) {
      for (; next < height && asked.length < ahead; next += 1n) {
        const block = blockOf(connection, next, signal);
        // Where an earlier one fails, nobody waits for this one any more.
        block.catch(() => undefined);
        asked.push(block);
      }
      const first = await asked.shift();
      if (first) yield first;
    }
  } catch (error) {
    throw failureOf(error, checked, signal);
  } finally {
    connection.close();
  }
}

function failureOf(error: unknown, profile: CheckedKeylessProfile, signal: AbortSignal | undefined): unknown {
  const failure = gatewayFailure(error);
  if (!failure) return error;
  const options = { cause: error };
  if (signal?.aborted === true) return new CancelledError(options);
  if (refusesIdentity(failure.status)) return new IdentityRefusedError(profile.mspId, options);
  const why = causeText(failure, { profile });
  const unavailable: number = status.UNAVAILABLE;
  if (failure.status === unavailable) return new UnavailableError(profile.endpoint, failure.nodes, options, why);
  return new GatewayRefusedError(failure.status, why ?? failure.cause.message, options);
}

async function blockOf(
  { network, profile }: Connection,
  number: bigint,
  signal: AbortSignal | undefined,
): Promise<common.Block> {
  const qscc = network.getContract('qscc');
  const proposal = qscc.newProposal('GetBlockByNumber', { arguments: [profile.channel, number.toString()] });
  return common.Block.deserializeBinary(await proposal.evaluate(rpcOptions(answerMs, signal)));
}
