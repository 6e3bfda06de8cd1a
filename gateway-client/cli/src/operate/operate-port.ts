import { type LedgerBlock, type Market, readBlock } from '@kessai/gateway-client';
import type { CycleRequest, Infer, Json, MarketProgress, clock } from '@kessai/interface';

export type MarketClock = Infer<typeof clock>;

/** An instruction of the operator itself, in wire form. */
export interface DutyInstruction {
  readonly method: string;
  readonly request: Json;
  /** A cycle that is dated earlier refuses it. */
  readonly notBefore?: string;
}

export interface CycleOptions {
  /** A block that the endorsers must know of. */
  readonly after: bigint;
  readonly signal: AbortSignal;
}

/** As much of the market as a scheduler needs, as an operator. */
export interface OperatePort {
  readonly mspId: string;
  progress(signal: AbortSignal): Promise<MarketProgress>;
  clock(signal: AbortSignal): Promise<MarketClock>;
  /** MSP ids of the market's operators. */
  operators(signal: AbortSignal): Promise<readonly string[]>;
  /** Blocks from this one on, without end. */
  blocks(startBlock: bigint, signal: AbortSignal): AsyncIterable<LedgerBlock>;
  cycle(request: CycleRequest, options: CycleOptions): Promise<'created' | 'exists'>;
  /** Seals the instructions and waits until they have been executed. @returns what became of each: an outcome, or why it was refused. */
  seal(instructions: readonly DutyInstruction[], signal: AbortSignal): Promise<readonly string[]>;
}

/** The port of a connected operator. */
export function operatePort(market: Market, chaincode: string): OperatePort {
  return {
    mspId: market.mspId,
    progress: (signal) => market.market.progress({}, { signal }),
    clock: (signal) => market.registry.clock({}, { signal }),
    operators: async (signal) => {
      const { members } = await market.registry.members({}, { signal });
      return members.filter(({ role }) => role === 'operator').map(({ mspId }) => mspId);
    },
    async *blocks(startBlock, signal) {
      await using stream = market.events.blocks({ startBlock, signal });
      for await (const block of stream) yield readBlock(block, chaincode);
    },
    cycle: async (request, options) => (await market.market.cycle(request, options)).outcome,
    seal: async (instructions, signal) => {
      const done = await market.instruct(instructions, { signal });
      return done.map(({ outcome, error }) => error?.code ?? outcome);
    },
  };
}
