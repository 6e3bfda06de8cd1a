import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DayDuty, type DayPort } from './day-duty';
import { type DayPlan, dayPlanOf, localTime, momentOf } from './day-plan';
import type { MarketClock } from './operate-port';

const tokyo = 'Asia/Tokyo';
const plan: DayPlan = dayPlanOf('open=09:00,matching=15:00,settlement=15:15,closed=16:00', tokyo);
/** Thursday, Friday, Monday. */
const days = ['2024-01-04', '2024-01-05', '2024-01-08'];

const port: DayPort = {
  businessDays: async (from, to) => days.filter((day) => day >= from && day <= to),
  instruments: async () => ['JP3371200001'],
  pendingOrders: async () => [{ institution: 'AlphaMSP', orderId: 'A-1' }],
  unsettledPages: async () => ['7'],
};

/** The market as the duty leads it, told as the methods that it seals, and where the clock then stands. */
class Led {
  clock: MarketClock;
  readonly sealed: string[] = [];
  readonly #duty: DayDuty;
  now: string;
  /** What the cycles are dated: by default as the duty's own clock stands. */
  ledgerTime: string | undefined;

  constructor(now: string, businessDate: string, phase: MarketClock['phase'], sequence = 5) {
    this.now = now;
    this.clock = { businessDate, phase, sequence, time: '', cycle: 1 } as unknown as MarketClock;
    this.#duty = new DayDuty(port, plan, () => new Date(this.now));
  }

  async run(): Promise<string> {
    for (let step = 0; step < 50; step += 1) {
      const due = await this.#duty.due(undefined, this.clock);
      if (due.length === 0) return `${this.clock.businessDate} ${this.clock.phase}`;
      const executed = due.filter(({ notBefore }) => this.#isDue(notBefore));
      this.sealed.push(...executed.map(({ method }) => method));
      for (const { method, request } of executed) {
        if (method !== 'Registry:AdvanceClock') continue;
        const { businessDate, phase, notBefore } = request as unknown as MarketClock & { notBefore: string };
        if (!this.#isDue(notBefore)) return 'ClockTooEarly';
        this.clock = { ...this.clock, businessDate, phase, sequence: this.clock.sequence + 1 };
      }
      if (executed.length === 0) return 'InstructionTooEarly';
    }
    throw new Error('The day does not come to rest');
  }

  /** As a cycle decides it, by its own time. */
  #isDue(notBefore: string | undefined): boolean {
    return notBefore === undefined || Date.parse(notBefore) <= Date.parse(this.ledgerTime ?? this.now);
  }
}

test('a day opens at its time, on a business day', async () => {
  const led = new Led('2024-01-05T08:59:00+09:00', '2024-01-04', 'closed');
  expect(await led.run()).toBe('2024-01-04 closed');
  led.now = '2024-01-05T09:00:00+09:00';
  expect(await led.run()).toBe('2024-01-05 open');
});

test('it goes through its phases: what is pending is matched, trades are signed off, orders expire, registers are kept', async () => {
  const led = new Led('2024-01-05T16:00:00+09:00', '2024-01-05', 'open');
  expect(await led.run()).toBe('2024-01-05 closed');
  expect(led.sealed).toEqual([
    'Registry:AdvanceClock',
    'Orders:Match',
    'Registry:AdvanceClock',
    'Settlement:Settle',
    'Orders:Expire',
    'Registry:AdvanceClock',
    'Orders:LapseTrades',
    'Registry:Snapshot',
  ]);
});

test('over a weekend nothing opens; whoever comes late catches up, day by day', async () => {
  const led = new Led('2024-01-07T12:00:00+09:00', '2024-01-04', 'matching');
  expect(await led.run()).toBe('2024-01-05 closed');
  led.now = '2024-01-08T10:00:00+09:00';
  expect(await led.run()).toBe('2024-01-08 open');
});

test('a founded market opens on the day of its founding, and on no day that the calendar does not know', async () => {
  const led = new Led('2024-01-04T10:00:00+09:00', '2024-01-04', 'closed', 0);
  expect(await led.run()).toBe('2024-01-04 open');
  const unknown = new DayDuty({ ...port, businessDays: async () => undefined }, plan, () => new Date(led.now));
  expect(await unknown.due(undefined, led.clock)).toEqual([]);
});

test('a clock that is 14 minutes ahead moves the market at no other time than the plan’s', async () => {
  const led = new Led('2024-01-05T09:00:00+09:00', '2024-01-04', 'closed');
  led.ledgerTime = '2024-01-05T08:46:00+09:00';
  expect(await led.run()).toBe('InstructionTooEarly');
  expect(led.clock).toMatchObject({ businessDate: '2024-01-04', phase: 'closed' });
  led.now = '2024-01-05T09:14:00+09:00';
  led.ledgerTime = '2024-01-05T09:00:00+09:00';
  expect(await led.run()).toBe('2024-01-05 open');
  led.now = '2024-01-05T15:10:00+09:00';
  led.ledgerTime = '2024-01-05T14:56:00+09:00';
  expect(await led.run()).toBe('InstructionTooEarly');
  expect(led.clock).toMatchObject({ businessDate: '2024-01-05', phase: 'open' });
});

test.each([
  ['matches nothing', 'matching', '15:15', ['Orders:Match']],
  ['settles nothing and lets no order expire', 'settlement', '16:00', ['Settlement:Settle', 'Orders:Expire']],
] as const)('a clock that is 14 minutes ahead %s before the phase ends', async (_, phase, ends, work) => {
  const end = Date.parse(`2024-01-05T${ends}:00+09:00`);
  const led = new Led(new Date(end).toISOString(), '2024-01-05', phase);
  for (const early of [14 * 60_000, 60_000, 1]) {
    led.ledgerTime = new Date(end - early).toISOString();
    expect(await led.run()).toBe('InstructionTooEarly');
  }
  expect(led.sealed).toEqual([]);
  led.ledgerTime = new Date(end).toISOString();
  await led.run();
  expect(led.sealed.slice(0, work.length + 1)).toEqual([...work, 'Registry:AdvanceClock']);
});

test('the moment of a local time is the one at which the zone’s clocks show it, in summer too', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('Asia/Tokyo', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC'),
      fc.date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2030-01-01T00:00:00Z'), noInvalidDate: true }),
      (zone, date) => {
        const shown = localTime(date, zone);
        expect(localTime(momentOf(shown, zone), zone)).toEqual(shown);
      },
    ),
  );
  expect(momentOf({ date: '2024-01-05', time: '09:00' }, tokyo).toISOString()).toBe('2024-01-05T00:00:00.000Z');
});

test('a plan is read with the reason why it is none', () => {
  expect(localTime(new Date('2024-01-04T23:30:00Z'), tokyo)).toEqual({ date: '2024-01-05', time: '08:30' });
  expect(() => dayPlanOf('open=09:00', tokyo)).toThrow('lacks the phase matching');
  expect(() => dayPlanOf('open=09:00,matching=08:00,settlement=15:15,closed=16:00', tokyo)).toThrow('no later');
  expect(() => dayPlanOf('open=9,matching=15:00,settlement=15:15,closed=16:00', tokyo)).toThrow('the time "9"');
  expect(() => dayPlanOf('open=09:00,matching=15:00,settlement=15:15,closed=16:00,tea=17:00', tokyo)).toThrow('"tea"');
  expect(() => dayPlanOf('open=09:00,matching=15:00,settlement=15:15,closed=16:00', 'Mars/Base')).toThrow('Mars/Base');
});
