import {
  type JsonObject,
  type Outcome,
  type Rejection,
  decodeRejection,
  isRejection,
  marketRejections,
  transientRequestKey,
} from '@kessai/interface';
import type { Json } from '@kessai/interface';
import { corporateActions } from '@kessai/corporate-actions';
import { type Call, type Endorsed, MemoryMarket } from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { orders } from '@kessai/orders';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { settlement } from '@kessai/settlement';
import type { ChaincodeCall, EndorsedTwice, Lockstep } from './lockstep';
import type { Refusal } from './refusal';
import { operators, viewer } from './twin-topology';

const contracts = {
  ...{ Registry: registry, Securities: securities, MoneyTokens: moneyTokens },
  ...{ Orders: orders, Settlement: settlement, CorporateActions: corporateActions },
};

type CallerOf = Parameters<MemoryMarket['endorse']>[0];

/**
 * The market in memory, which tells what a workload may do next; whatever is asked of it is asked of both networks too. It is the
 * third opinion: what it refuses they must refuse with the same code.
 */
export class MarketInLockstep extends MemoryMarket {
  #evaluated = 0;
  readonly #lockstep: Lockstep;
  /** By method. */
  readonly methods = new Map<string, { accepted: number; refused: number }>();
  readonly rejections = new Map<string, number>();

  constructor(lockstep: Lockstep) {
    super({ contracts });
    this.#lockstep = lockstep;
  }

  override async submit(caller: CallerOf, method: string, request: JsonObject): Promise<Outcome | Rejection> {
    const [here, there] = await this.#endorse(caller, method, request);
    if (isRejection(here)) return here;
    const expected = [this.commit(here) ? 'VALID' : 'MVCC_READ_CONFLICT'];
    if (there) await this.#commit([there], expected);
    return here.outcome;
  }

  override async endorse(
    caller: CallerOf,
    method: string,
    request: JsonObject,
    at?: string,
  ): Promise<Endorsed | Rejection> {
    const [here] = await this.#endorse(caller, method, request, at);
    return here;
  }

  override async evaluate(caller: CallerOf, method: string, request: JsonObject = {}): Promise<Json | Rejection> {
    const here = await super.evaluate(caller, method, request);
    // Of several organisations a gateway asks the one whose peer it believes to be furthest, which is chance.
    const asked = operators[this.#evaluated % operators.length] ?? '';
    this.#evaluated += 1;
    const answer = await this.#lockstep.evaluate({ ...callOf(caller, method, request), organisations: [asked] });
    this.#count(method, here, 'refused' in answer ? answer.refused : undefined);
    return here;
  }

  /** Endorses all of them before any is committed, so that they may conflict, and commits them in this order. */
  async burst(calls: readonly Call[]): Promise<void> {
    const answers = await Promise.all(
      calls.map(async ({ caller, method, request }) => this.#endorse(caller, method, request)),
    );
    const pairs = answers.flatMap(([here, there]): (readonly [Endorsed, EndorsedTwice])[] =>
      isRejection(here) || !there ? [] : [[here, there]],
    );
    if (pairs.length === 0) return;
    const expected = pairs.map(([here]) => (this.commit(here) ? 'VALID' : 'MVCC_READ_CONFLICT'));
    await this.#commit(
      pairs.map(([, there]) => there),
      expected,
    );
  }

  async #endorse(
    caller: CallerOf,
    method: string,
    request: JsonObject,
    at?: string,
  ): Promise<[Endorsed | Rejection, EndorsedTwice | undefined]> {
    const here = await super.endorse(caller, method, request, at);
    // Dated before the market's clock, and within what a peer takes.
    const time = at === undefined ? {} : { time: new Date(Date.now() - 600_000) };
    const answer = await this.#lockstep.endorse({ ...callOf(caller, method, request), ...time });
    this.#count(method, here, 'refused' in answer ? answer.refused : undefined);
    return [here, 'endorsed' in answer ? answer.endorsed : undefined];
  }

  async #commit(group: readonly EndorsedTwice[], expected: readonly string[]): Promise<void> {
    const codes = await this.#lockstep.commit(group);
    this.#lockstep.differences.compare(
      `codes of ${group.map(({ name }) => name).join('; ')}, by the model`,
      expected,
      codes,
    );
  }

  #count(method: string, here: unknown, refused: Refusal | undefined): void {
    const counts = this.methods.get(method) ?? { accepted: 0, refused: 0 };
    this.methods.set(method, counts);
    counts[refused === undefined ? 'accepted' : 'refused'] += 1;
    const expected = isRejection(here) ? here.code : undefined;
    const actual = refused === undefined ? undefined : rejectionCode(refused);
    this.#lockstep.differences.compare(`rejection of ${method}, by the model`, expected, actual);
    if (actual !== undefined) this.rejections.set(actual, (this.rejections.get(actual) ?? 0) + 1);
  }
}

/** The market's code in a refusal; its status where the market did not speak. */
function rejectionCode({ status, message, details }: Refusal): string {
  for (const text of [...details, message]) {
    const start = text.indexOf('{');
    if (start < 0) continue;
    try {
      const found = decodeRejection(marketRejections, JSON.parse(text.slice(start)));
      if (found) return found.code;
    } catch {
      // A text that only looks like one of the market's.
    }
  }
  return `${status} ${message}`;
}

function callOf(caller: CallerOf, method: string, request: JsonObject): ChaincodeCall {
  const [mspId, user] = typeof caller === 'string' ? [caller, undefined] : [caller.mspId, userOf(caller)];
  return {
    // The sample day's third operator has no peer here.
    mspId: mspId === 'CcpMSP' ? 'CsdMSP' : mspId,
    ...(user === undefined ? {} : { user }),
    chaincode: 'market',
    args: [method],
    transient: { [transientRequestKey]: Buffer.from(JSON.stringify(request)) },
    organisations: operators,
  };
}

function userOf({ nodeRole, restriction }: Exclude<CallerOf, string>): string | undefined {
  if (nodeRole !== 'client') return 'admin';
  return restriction === undefined ? undefined : viewer;
}
