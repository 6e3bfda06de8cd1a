import {
  type CycleRequest,
  type MspId,
  type Rejection,
  type TakenSubmission,
  isRejection,
  refuse,
} from '@kessai/interface';
import { type Sealed, sealedAt } from './sealing';
import { type Reader, decoded } from './state';

/** How much a cycle takes. Instructions count, and long ones for more than one. */
export interface CycleLimits {
  /** Of one member, or its oldest submission where that holds more. */
  readonly memberInstructions: number;
  /** Of one member where others have something too, unless they have more than half as much together. */
  readonly memberBesideOthers: number;
  /** Of all members, or the oldest submission. */
  readonly cycleInstructions: number;
  /** So many UTF-16 code units of sealed text count as one instruction. */
  readonly instructionCharacters: number;
}

/** A submission with what was sealed in it, or why it cannot be executed. */
export interface Submission {
  readonly taken: TakenSubmission;
  readonly sealed: Sealed | Rejection;
}

/** One that has been read, and how many instructions it counts for. */
interface Weighed extends Submission {
  /** Its number among those that the cycle is offered. */
  readonly index: number;
  readonly weight: number;
}

/** How many submissions of a member are read at first; then four times as many, and so on, until that is as much as may be taken. */
const firstWave = 16;

/**
 * Of what a cycle is offered, what it takes: of each member its first submissions, as many as fit. Whoever has little comes first, and
 * whoever has much gets no more than twice what all others have together, so that a flood makes nobody else's cycle long. The oldest
 * submission is always taken: nobody waits for ever.
 */
export async function takeSubmissions(
  reader: Reader,
  request: CycleRequest,
  limits: CycleLimits,
): Promise<readonly Submission[] | Rejection> {
  const offers = new Map<MspId, Offer>();
  for (const [index, taken] of request.submissions.entries()) {
    const offer = offers.get(taken.member) ?? new Offer();
    offers.set(taken.member, offer);
    offer.offered.push({ taken, index });
  }
  for (let wave = firstWave; ; wave *= 4) {
    const next = [...offers.values()].flatMap((offer) => offer.toRead(wave, limits.memberInstructions));
    if (next.length === 0) break;
    const read = await weigh(reader, next, limits);
    if (isRejection(read)) return read;
    for (const one of read) offers.get(one.taken.member)?.add(one);
  }
  return choose([...offers.values()], limits);
}

interface Offered {
  readonly taken: TakenSubmission;
  readonly index: number;
}

/** What a cycle is offered of one member. */
class Offer {
  readonly offered: Offered[] = [];
  readonly #read: Weighed[] = [];
  #weightRead = 0;
  #chosen = 0;
  /** What of it has been chosen counts for so many instructions. */
  weight = 0;

  toRead(count: number, most: number): readonly Offered[] {
    const from = this.#read.length;
    return this.#weightRead >= most ? [] : this.offered.slice(from, from + count);
  }

  add(one: Weighed): void {
    this.#read.push(one);
    this.#weightRead += one.weight;
  }

  /** The next one, if it may be taken where so much of the member is taken at most. */
  next(most: number): Weighed | undefined {
    const next = this.#read[this.#chosen];
    return next && (this.#chosen === 0 || this.weight + next.weight <= most) ? next : undefined;
  }

  choose({ weight }: Weighed): void {
    this.#chosen += 1;
    this.weight += weight;
  }
}

function choose(
  offers: readonly Offer[],
  { memberInstructions, memberBesideOthers, cycleInstructions }: CycleLimits,
): readonly Submission[] {
  const chosen: Weighed[] = [];
  let total = 0;
  const mostOf = ({ weight }: Offer): number =>
    offers.length === 1
      ? memberInstructions
      : Math.min(memberInstructions, Math.max(memberBesideOthers, 2 * (total - weight)));
  for (;;) {
    // Offers come in the order of their oldest submissions: the first one's is the oldest of all.
    const best = bestOf(chosen.length === 0 ? offers.slice(0, 1) : offers, mostOf);
    if (!best || (chosen.length > 0 && total + best.next.weight > cycleInstructions)) break;
    best.offer.choose(best.next);
    chosen.push(best.next);
    total += best.next.weight;
  }
  return chosen.sort((a, b) => a.index - b.index);
}

/** The next submission of whom least would be taken with it. */
function bestOf(
  offers: readonly Offer[],
  mostOf: (offer: Offer) => number,
): { readonly offer: Offer; readonly next: Weighed } | undefined {
  let best: { readonly offer: Offer; readonly next: Weighed; readonly weight: number } | undefined;
  for (const offer of offers) {
    const next = offer.next(mostOf(offer));
    const weight = offer.weight + (next?.weight ?? 0);
    if (next && (!best || weight < best.weight)) best = { offer, next, weight };
  }
  return best;
}

async function weigh(
  reader: Reader,
  offered: readonly Offered[],
  limits: CycleLimits,
): Promise<readonly Weighed[] | Rejection> {
  const wanted = offered.filter(({ taken: { quarantined } }) => quarantined !== true);
  const refs = wanted.map(({ taken: { member, transactionId } }) => sealedAt(member, transactionId));
  const texts = await reader.read(refs.map(({ collection, key }) => ({ collection, key })));
  const found = new Map(wanted.map((one, index) => [one, texts[index]]));
  const weighed: Weighed[] = [];
  for (const one of offered) {
    const { taken, index } = one;
    if (taken.quarantined === true) {
      weighed.push({ ...one, sealed: refuse('SubmissionQuarantined', {}), weight: 1 });
      continue;
    }
    const text = found.get(one);
    if (text === undefined) {
      return refuse('SubmissionUnknown', { field: `submissions[${index.toString()}]`, member: taken.member });
    }
    const sealed = decoded(sealedAt(taken.member, taken.transactionId), text) ?? refuse('SubmissionQuarantined', {});
    weighed.push({ ...one, sealed, weight: weightOf(sealed, text, limits) });
  }
  return weighed;
}

/** What it counts for: what it costs to execute it, and to read it. */
function weightOf(sealed: Sealed | Rejection, text: string, { instructionCharacters }: CycleLimits): number {
  const instructions = isRejection(sealed) ? 1 : sealed.instructions.length;
  return Math.max(1, instructions, Math.ceil(text.length / instructionCharacters));
}
