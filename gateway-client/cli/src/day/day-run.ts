import type { BusinessDate, Isin, MarketPolicy, MspId, Phase, Role } from '@kessai/interface';
import type { MarketDay } from '../input';
import type { RegisterAt, RegisterMoment, StageRecord } from './day-record';
import { Calls, type MarketPort, type PortInstruction } from './market-port';

/** Told when a stage of the day begins. */
export type OnStage = (name: string) => void;

export interface DayOptions {
  readonly onStage?: OnStage;
  /** Milliseconds of any clock, to measure with. */
  readonly now?: () => number;
  /** 256 random bits in hexadecimal, for one collection each time. */
  readonly newSecret: () => string;
  /** How far the market goes by itself; by default operators match and settle. */
  readonly policy?: MarketPolicy;
}

/** What the stages of one day share: the calls, who acts, and what has been measured. */
export class DayRun {
  readonly calls: Calls;
  readonly day: MarketDay;
  readonly stages: StageRecord[] = [];
  readonly newSecret: () => string;
  readonly policy: MarketPolicy | undefined;
  /** Of several operators each does its own work: the first the board and the clock, the second securities, the last settlement. */
  readonly exchange: MspId;
  readonly depository: MspId;
  readonly settler: MspId;
  readonly #options: DayOptions;
  #stage = '';

  constructor(day: MarketDay, port: MarketPort, options: DayOptions) {
    this.calls = new Calls(port);
    this.day = day;
    this.newSecret = options.newSecret;
    this.policy = options.policy;
    this.#options = options;
    const operators = this.membersAs('operator');
    const [first] = operators;
    if (first === undefined) throw new RangeError('A market has an operator');
    this.exchange = first;
    this.depository = operators[1] ?? first;
    this.settler = operators.at(-1) ?? first;
  }

  membersAs(role: Role): readonly MspId[] {
    return this.day.members.filter((member) => member.role === role).map(({ mspId }) => mspId);
  }

  /** Tells how far the stage has come. */
  count(done: number, of: number, what: string): void {
    this.#options.onStage?.(`${this.#stage}: ${done.toString()}/${of.toString()} ${what}`);
  }

  async stage<T>(name: string, work: () => Promise<T>): Promise<T> {
    const now = this.#options.now ?? (() => performance.now());
    this.#stage = name;
    this.#options.onStage?.(name);
    const start = now();
    const before = this.calls.submits;
    const result = await work();
    this.stages.push({ name, submits: this.calls.submits - before, elapsedMs: now() - start });
    return result;
  }

  /** Instructions of these members side by side, those of each in their order. */
  async together(
    work: readonly { readonly as: MspId; readonly instructions: readonly PortInstruction[] }[],
  ): Promise<void> {
    await Promise.all(work.map(async ({ as, instructions }) => this.calls.all(as, instructions)));
  }

  /** Acts that take effect when two operators have asked for them. */
  async asOperators(acts: readonly PortInstruction[]): Promise<void> {
    await this.together([this.exchange, this.depository].map((as) => ({ as, instructions: acts })));
  }

  /** The same where the issuer must have asked too. */
  async asOperatorsAndIssuer(
    acts: readonly { readonly issuer: MspId; readonly act: PortInstruction }[],
  ): Promise<void> {
    const issuers = [...new Set(acts.map(({ issuer }) => issuer))];
    await this.together([
      ...[this.exchange, this.depository].map((as) => ({ as, instructions: acts.map(({ act }) => act) })),
      ...issuers.map((as) => ({ as, instructions: acts.filter(({ issuer }) => issuer === as).map(({ act }) => act) })),
    ]);
  }

  /** Instructions of many members, each with its own in the order of the list. */
  async byMember(work: readonly { readonly as: MspId; readonly act: PortInstruction }[]): Promise<void> {
    const members = [...new Set(work.map(({ as }) => as))];
    await this.together(
      members.map((as) => ({ as, instructions: work.filter((one) => one.as === as).map(({ act }) => act) })),
    );
  }

  /** Moves the clock from where it stands. */
  async advance(phase: Phase, businessDate: BusinessDate = this.day.market.businessDate): Promise<void> {
    const { sequence } = await this.calls.evaluate(this.exchange, 'Registry:Clock', {});
    await this.calls.submit(this.exchange, 'Registry:AdvanceClock', { from: sequence, businessDate, phase });
  }

  /** The live registers of all instruments. */
  async registers(): Promise<RegisterMoment> {
    const registers = new Map<Isin, RegisterAt>();
    for (const { isin } of this.day.instruments) {
      registers.set(isin, await this.calls.evaluate(this.depository, 'Registry:Register', { isin }));
    }
    const [first] = registers.values();
    if (!first) throw new RangeError('A day has an instrument');
    return { at: first.asOf, registers };
  }

  /** The registers as they were at an earlier instant. */
  async registersAsOf({ at }: RegisterMoment): Promise<ReadonlyMap<Isin, RegisterAt>> {
    const registers = new Map<Isin, RegisterAt>();
    for (const { isin } of this.day.instruments) {
      registers.set(isin, await this.calls.evaluate(this.depository, 'Registry:Register', { isin, asOf: at }));
    }
    return registers;
  }
}
