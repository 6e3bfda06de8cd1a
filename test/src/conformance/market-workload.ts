import { type BusinessDate, type JsonObject, allMethods, isRejection } from '@kessai/interface';
import { addDays, nextBusinessDay } from '@kessai/ledger';
import {
  type Audit,
  type Call,
  type CallPick,
  type Instruction,
  RandomCalls,
  SampleDay,
  audit,
  obayashi,
  openSampleDay,
  sampleFounding,
  shinEtsu,
  usualCalls,
  yen,
} from '@kessai/ledger/tools';
import { provocations } from '../rejections/provocations';
import type { Lockstep } from './lockstep';
import type { MarketInLockstep } from './market-in-lockstep';
import { queriesOf } from './market-queries';
import { spoilt } from './spoilt-call';

const isins = [shinEtsu, obayashi] as const;
// Who is none of the channel's organisations calls elsewhere; certificates here name the one role that their holders may have, and so
// nobody comes as far as to found what others may. What a member's own peer does to its inbox is done to the model's alone.
const elsewhere = ['CallerUnknown', 'FounderUnknown', 'SubmissionMalformed'];
const stepsOfPhase = 14;
const longestBurst = 10;
const queriesAtATime = 12;
const longestHoliday = 5;

/** Weeks of a market made of random numbers: what it does next follows from the seed and from what has been done. */
export class MarketWorkload {
  readonly #market: MarketInLockstep;
  readonly #lockstep: Lockstep;
  readonly #random: () => number;
  readonly #day: SampleDay;
  readonly #calls: RandomCalls;
  /** What was sent, for sending it again. */
  readonly #sent: Call[] = [];
  #events = 0;
  /** For the register of the day. */
  #announced: readonly JsonObject[] = [];

  constructor(market: MarketInLockstep, lockstep: Lockstep, random: () => number) {
    this.#market = market;
    this.#lockstep = lockstep;
    this.#random = random;
    this.#day = new SampleDay(market);
    this.#calls = new RandomCalls(this.#day);
  }

  /** Founds the market and lets it trade until so many transactions more stand in blocks. */
  async run(transactions: number): Promise<void> {
    await this.#found();
    await this.#provoke((provocation) => provocation.before === undefined);
    await this.#refuseEach();
    const enough = this.#lockstep.transactions + transactions;
    while (this.#lockstep.transactions < enough) await this.#tradingDay(enough);
    await this.#ask(Number.POSITIVE_INFINITY);
  }

  async #found(): Promise<void> {
    await this.#provoke((provocation) => provocation.before === 'founding');
    await this.#market.submit('ExchangeMSP', 'Registry:Found', sampleFounding);
    await openSampleDay(this.#market);
  }

  /** What is refused whatever the state of the market. */
  async #provoke(wanted: (provocation: (typeof provocations)[keyof typeof provocations]) => boolean): Promise<void> {
    for (const [code, provocation] of Object.entries(provocations)) {
      const { given, ask } = provocation;
      if (given === undefined && !elsewhere.includes(code) && wanted(provocation)) await ask(this.#day);
    }
  }

  /** A field too many, in a request to every method. */
  async #refuseEach(): Promise<void> {
    const request = { further: true };
    const sealed: Instruction[] = [];
    for (const { fullName, method } of allMethods()) {
      if (method.kind === 'evaluate') await this.#market.evaluate('CsdMSP', fullName, request);
      else if (method.sent === 'directly') await this.#market.refuseDirect('CsdMSP', fullName, request);
      else sealed.push({ method: fullName, request });
    }
    await this.#market.together('CsdMSP', sealed);
  }

  async #tradingDay(transactions: number): Promise<void> {
    for (const phase of ['open', 'matching', 'settlement']) {
      if (phase !== 'open') await this.#advance(phase);
      for (let step = 0; step < stepsOfPhase && this.#lockstep.transactions < transactions; step += 1) {
        await this.#step();
      }
    }
    await this.#close();
    for (const event of this.#announced) await this.#pay(event);
    this.#announced = await this.#announce();
    await this.#step();
    await this.#openNext();
  }

  /** The next day that is one of business. */
  async #openNext(): Promise<void> {
    const { businessDate, sequence: from } = await this.#day.clock();
    for (let days = 1; days <= longestHoliday; days += 1) {
      const request = { from, businessDate: addDays(businessDate as BusinessDate, days), phase: 'open' };
      const answer = await this.#market.submit('ExchangeMSP', 'Registry:AdvanceClock', request);
      if (!isRejection(answer)) return;
    }
  }

  async #step(): Promise<void> {
    const kind = this.#random();
    if (kind < 0.7) await this.#burst();
    else if (kind < 0.8) await this.#spoil();
    else if (kind < 0.9) await this.#again();
    else await this.#ask(6);
  }

  async #burst(): Promise<void> {
    const state = this.#audit();
    const calls: Call[] = [];
    const size = 1 + Math.floor(this.#random() * longestBurst);
    while (calls.length < size) {
      const call = await this.#calls.of(this.#one(usualCalls), this.#pick(), state);
      if (call) calls.push(call, ...approvalsOf(call));
    }
    this.#sent.push(...calls);
    await this.#market.burst(calls);
  }

  async #spoil(): Promise<void> {
    const call = this.#sent.length === 0 ? undefined : this.#one(this.#sent);
    if (call) await this.#submit(spoilt(call, this.#random));
  }

  /** The same once more, or the same id for something else. */
  async #again(): Promise<void> {
    if (this.#sent.length === 0) return;
    const call = this.#one(this.#sent);
    const other = this.#random() < 0.5 ? call : { ...call, request: { ...call.request, ...changed(call.request) } };
    await this.#submit(other);
  }

  /** So many queries, or all there are. */
  async #ask(limit: number): Promise<void> {
    const all = queriesOf(this.#audit());
    const queries = limit < all.length ? Array.from({ length: limit }, () => this.#one(all)) : [...all];
    while (queries.length > 0) {
      const together = queries.splice(0, queriesAtATime);
      await Promise.all(
        together.map(async ({ caller, method, request }) => this.#market.evaluate(caller, method, request)),
      );
    }
  }

  /** For the next business day. */
  async #announce(): Promise<readonly JsonObject[]> {
    const { businessDate } = await this.#day.clock();
    const recordDate = nextBusinessDay(undefined, businessDate as BusinessDate) ?? businessDate;
    this.#events += 1;
    const number = this.#events.toString();
    const dividend = { kind: 'cash-dividend', recordDate, unit: yen };
    const announcements = [
      {
        ...{ issuer: 'IssuerMSP', eventId: `dividend-${number}` },
        terms: {
          ...{ ...dividend, isin: shinEtsu, payer: 'TREASURY', rate: { numerator: '7', denominator: '3' } },
          withholding: [{ rate: { numerator: '20315', denominator: '100000' }, account: 'TAX' }],
        },
      },
      this.#random() < 0.5
        ? {
            ...{ issuer: 'OtherIssuerMSP', eventId: `split-${number}` },
            terms: {
              ...{ kind: 'stock-split', isin: obayashi, recordDate, supplyCap: '900000000' },
              ...{ ratio: { numerator: '3', denominator: '2' }, residue: 'TREASURY-2' },
            },
          }
        : {
            ...{ issuer: 'OtherIssuerMSP', eventId: `dividend-${number}` },
            terms: { ...dividend, isin: obayashi, payer: 'TREASURY-2', rate: { numerator: '1', denominator: '2' } },
          },
    ];
    for (const { issuer, eventId, terms } of announcements) {
      await this.#submit({ caller: issuer, method: 'CorporateActions:Announce', request: { eventId, terms } });
    }
    return announcements.map(({ issuer, eventId }) => ({ issuer, eventId }));
  }

  /** Orders expire, and the register is kept. */
  async #close(): Promise<void> {
    await this.#advance('closed');
    for (const isin of isins) await this.#submit(this.#calls.expire(isin));
    await this.#advance('closed');
    for (const isin of isins) {
      await this.#submit({ caller: 'CsdMSP', method: 'Registry:Snapshot', request: { isin } });
    }
  }

  /** Two operators pay the same pages in one cycle; what the second one names too is paid once. */
  async #pay(event: JsonObject): Promise<void> {
    const asked = (await this.#market.evaluate('CsdMSP', 'CorporateActions:Pages', event)) as { pages?: Page[] };
    const pages = (asked.pages ?? []).map(({ institution, page }) => ({ institution, page }));
    const half = Math.ceil(pages.length / 2);
    const pay = (caller: string, part: typeof pages): Call => ({
      ...{ caller, method: 'CorporateActions:Pay' },
      request: { ...event, pages: part },
    });
    if (pages.length > 1) {
      await this.#market.burst([pay('CsdMSP', pages.slice(0, half)), pay('ExchangeMSP', pages.slice(half - 1))]);
    }
    await this.#submit({ caller: 'CsdMSP', method: 'CorporateActions:Complete', request: event });
    await this.#submit(pay('ExchangeMSP', pages));
    await this.#submit({ caller: 'CsdMSP', method: 'CorporateActions:Complete', request: event });
  }

  /** A random call may have been there first: then both networks refuse it. */
  async #advance(phase: string): Promise<void> {
    const { businessDate, sequence: from } = await this.#day.clock();
    const request = { from, businessDate, phase };
    await this.#submit({ caller: 'ExchangeMSP', method: 'Registry:AdvanceClock', request });
  }

  async #submit({ caller, method, request }: Call): Promise<void> {
    await this.#market.submit(caller, method, request);
  }

  #audit(): Audit {
    return audit(this.#market.ledger, this.#day.collections);
  }

  #one<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new RangeError('There is nothing to choose from');
    return item;
  }

  #pick(): CallPick {
    const number = (): number => Math.floor(this.#random() * 12);
    return [number(), number(), number(), number()];
  }
}

/** What others must send too: beside the sender another operator, of the two that there are here. */
function approvalsOf({ approvedBy = [], caller, method, request }: Call): readonly Call[] {
  const other = caller === 'CsdMSP' ? 'ExchangeMSP' : 'CsdMSP';
  return approvedBy.map((by) => ({ caller: by === 'CcpMSP' ? other : by, method, request }));
}

interface Page {
  readonly institution: string;
  readonly page: number;
}

function changed(request: JsonObject): JsonObject {
  if ('quantity' in request) return { quantity: '700' };
  if ('amount' in request) return { amount: '700' };
  return {};
}
