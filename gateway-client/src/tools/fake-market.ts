import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { common, gateway as messages, peer } from '@hyperledger/fabric-protos';
import {
  type Advice,
  type Instant,
  type Json,
  Market,
  type OutcomeAdvice,
  type Rejection,
  type SealedInstruction,
  type advicePage,
  type Infer,
  decodeText,
  encodeRejection,
  encodeText,
  instructRequest,
  marketRejections,
} from '@kessai/interface';
import { StatusError } from './fake-answers';
import type { FakeGateway, ReceivedProposal } from './fake-gateway';

type Page = Infer<typeof advicePage>;
type EventsOut = ServerWritableStream<messages.SignedChaincodeEventsRequest, messages.ChaincodeEventsResponse>;

/** A submission as it was endorsed. */
export interface SealedSubmission {
  readonly transactionId: string;
  readonly salt: string;
  readonly instructions: readonly SealedInstruction[];
  readonly organisations: readonly string[];
}

/** What a cycle makes of an instruction; a rejection refuses it. */
export type Decision = Rejection | Pick<OutcomeAdvice, 'outcome' | 'awaiting' | 'error'>;

const memberId = 'AlphaMSP';

/** Cycles behind a FakeGateway: what is sealed is executed as a test decides, and told in advices. */
export class FakeMarket {
  /** Submissions that were endorsed, in that order. */
  readonly endorsed: SealedSubmission[] = [];
  readonly pages: Page[] = [];
  /** Whether each submission is executed by a cycle of its own as soon as it is ordered. */
  automatic = true;
  /** Whether cycles set events. */
  announces = true;
  /** Blocks of the channel. */
  height = 7;
  /** What tells this channel from others. */
  firstBlock = 'one';
  decide: (instruction: SealedInstruction) => Decision = () => ({ outcome: 'created' });
  /** Throws what the check refuses. */
  check: (proposal: ReceivedProposal) => string | Promise<string> = () => '{"verdict":"accepted"}';
  readonly #waiting: SealedSubmission[] = [];
  readonly #streams = new Set<EventsOut>();

  constructor(gateway: FakeGateway) {
    const { script } = gateway;
    script.endorse = (proposal) => {
      if (proposal.arguments[0] === 'Market:Instruct') this.endorsed.push(submissionIn(proposal));
      return '{"outcome":"created"}';
    };
    script.submit = (transactionId) => this.order(transactionId);
    script.commitStatus = () => ({ code: peer.TxValidationCode.VALID, blockNumber: this.height - 1 });
    script.height = () => this.height;
    script.evaluate = (proposal) => this.#evaluate(proposal);
    script.chaincodeEvents = (_, stream) => {
      this.#streams.add(stream);
      stream.on('cancelled', () => this.#streams.delete(stream));
    };
  }

  /** Puts a submission that was endorsed into a block. */
  order(transactionId: string): void {
    const submission = this.endorsed.find((one) => one.transactionId === transactionId);
    if (!submission || this.#waiting.includes(submission)) return;
    this.height += 1;
    this.#waiting.push(submission);
    if (this.automatic) this.cycle();
  }

  /** Executes what has been ordered since the last cycle. */
  cycle(...others: readonly Advice[]): void {
    const outcomes = this.#waiting
      .splice(0)
      .flatMap(({ transactionId, instructions }) =>
        instructions.map((instruction, index) => this.#outcome(transactionId, index, instruction)),
      );
    const cycle = this.pages.length + 1;
    const time = new Date(Date.UTC(2026, 0, 5) + cycle).toISOString() as Instant;
    const clock = { businessDate: '2026-01-05' as never, phase: 'open', sequence: 1, time, cycle: 1 } as const;
    this.height += 1;
    this.pages.push({ cycle, time, clock, advices: [...outcomes, ...others], postings: [] });
    if (this.announces) this.announce(cycle);
  }

  /** How many streams of events are open. */
  get listeners(): number {
    return this.#streams.size;
  }

  /** What has been ordered is executed by no cycle. */
  forgetWaiting(): void {
    this.#waiting.length = 0;
  }

  /** An event as a cycle sets it, or somebody who forges one. */
  announce(cycle: number): void {
    const event = new peer.ChaincodeEvent();
    event.setEventName('cycle');
    event.setTxId(cycle.toString());
    event.setPayload(Buffer.from(JSON.stringify({ number: cycle })));
    const response = new messages.ChaincodeEventsResponse();
    response.setBlockNumber(this.height - 1);
    response.addEvents(event);
    for (const stream of this.#streams) stream.write(response);
  }

  #outcome(transactionId: string, index: number, instruction: SealedInstruction): OutcomeAdvice {
    const decision = this.decide(instruction);
    const made =
      'code' in decision
        ? ({ outcome: 'refused', error: encodeRejection(marketRejections, decision) } as const)
        : decision;
    return { kind: 'outcome', transactionId, index, method: instruction.method, ...made };
  }

  #evaluate(proposal: ReceivedProposal): string | Uint8Array | Promise<string> {
    const { methods } = Market;
    const last = this.pages.length;
    switch (proposal.arguments[0]) {
      case 'Market:Progress': {
        const time = this.pages.at(-1)?.time ?? ('2026-01-05T00:00:00.000Z' as Instant);
        return encodeText(methods.Progress.response, { number: last, time, heads: [], taken: [] });
      }
      case 'Market:Advices': {
        const { from, limit = 10 } = decodeText(methods.Advices.request, proposal.request ?? '');
        const pages = this.pages.filter(({ cycle }) => cycle >= from).slice(0, limit);
        const next = (pages.at(-1)?.cycle ?? from - 1) + 1;
        return encodeText(methods.Advices.response, { member: memberId as never, pages, next, last });
      }
      case 'Market:Check':
        return this.check(proposal);
      case 'GetBlockByNumber': {
        const header = new common.BlockHeader();
        header.setDataHash(Buffer.from(this.firstBlock));
        const block = new common.Block();
        block.setHeader(header);
        return block.serializeBinary();
      }
      default:
        return '{}';
    }
  }
}

function submissionIn({ transactionId, request = '', organisations }: ReceivedProposal): SealedSubmission {
  return { transactionId, organisations, ...decodeText(instructRequest, request) };
}

/** How the own peer says that the chaincode refuses an evaluate. */
export function refusal(rejection: Rejection): StatusError {
  const wire: Json = encodeRejection(marketRejections, rejection);
  const message = `chaincode response 500, Error: ${JSON.stringify(wire)}`;
  return new StatusError(status.UNKNOWN, 'evaluate call to endorser returned error', [{ mspId: memberId, message }]);
}
