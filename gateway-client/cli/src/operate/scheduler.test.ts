import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkpointFile } from './checkpoint';
import type { OperatePort } from './operate-port';
import type { SchedulerOptions } from './options';
import { type Scheduler, schedulerOn } from './scheduler';
import { SimulatedLedger } from './simulated-ledger';

let ledger: SimulatedLedger;
let running: Scheduler[];
let logged: string[];

beforeEach(() => {
  ledger = new SimulatedLedger();
  running = [];
  logged = [];
});

afterEach(async () => {
  await Promise.all(running.map((scheduler) => scheduler.close()));
});

function start(operator: string, options: SchedulerOptions = {}): Scheduler {
  return startOn(ledger.port(operator), options);
}

function startOn(port: OperatePort, options: SchedulerOptions = {}): Scheduler {
  const scheduler = schedulerOn(port, { log: (_level, line) => logged.push(`${port.mspId}: ${line}`), ...options });
  running.push(scheduler);
  return scheduler;
}

async function until(what: string, holds: () => boolean, withinMs = 5_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline)
      throw new Error(`Not within ${withinMs.toString()} ms: ${what}\n${logged.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function areTaken(ids: readonly string[]): boolean {
  const taken = new Set(ledger.taken);
  return ids.every((id) => taken.has(id));
}

async function untilTaken(ids: readonly string[], withinMs?: number): Promise<void> {
  await until('everything is taken', () => areTaken(ids), withinMs);
  expect(new Set(ledger.taken).size).toBe(ledger.taken.length);
  expect(ledger.cycles.map(({ request }) => request.number)).toEqual(ledger.cycles.map((_, index) => index + 1));
}

describe('one scheduler', () => {
  test('makes a cycle as soon as something waits; what comes meanwhile gathers for the next', async () => {
    const scheduler = start('ExchangeMSP');
    ledger.cycleMs = 60;
    const first = ledger.seal('AlphaMSP');
    await until('the first is under way', () => ledger.tried.length === 1);
    const gathered = [...ledger.seal('AlphaMSP', 3), ...ledger.seal('BetaMSP', 2)];
    await untilTaken([...first, ...gathered]);
    expect(ledger.cycles.map(({ request }) => request.submissions.length)).toEqual([1, 5]);
    expect(scheduler.status).toEqual({
      ...{ cycles: 2, submissions: 6, waiting: 0, longestWaitMs: 0 },
      ...{ role: 'leading', number: 2, cycleTime: '2026-04-01T00:00:00.000Z' },
    });
  });

  test('makes none while nothing waits', async () => {
    start('ExchangeMSP');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ledger.tried).toEqual([]);
  });

  test('a flood of one member delays others by no more than a bounded cycle', async () => {
    const flood = ledger.seal('AlphaMSP', 500);
    ledger.mostOfMember = 16;
    start('ExchangeMSP');
    await until('the flood is being taken', () => ledger.cycles.length >= 2);
    const made = ledger.cycles.length;
    const [small = ''] = ledger.seal('BetaMSP');
    await until('the small one is taken', () => ledger.taken.includes(small));
    // One cycle may have been under way, and one be formed before its block was read.
    expect(
      ledger.cycles.findIndex(({ request }) => request.submissions.some((one) => one.transactionId === small)),
    ).toBeLessThanOrEqual(made + 2);
    await untilTaken([...flood, small]);
  });

  test('of a member whose submissions are large few are offered, of one whose are small many', async () => {
    const large = ledger.seal('AlphaMSP', 40);
    for (const id of large) ledger.instructions.set(id, 900);
    const small = ledger.seal('BetaMSP', 400);
    ledger.cycleMs = 5;
    start('ExchangeMSP');
    await untilTaken([...large, ...small]);
    const offered = (member: string): readonly number[] =>
      ledger.tried.map(({ submissions }) => submissions.filter((one) => (one.member as string) === member).length);
    expect(Math.max(...offered('AlphaMSP').slice(4))).toBe(2);
    expect(Math.max(...offered('BetaMSP'))).toBeGreaterThan(60);
  });

  test('waits for a market that is founded later', async () => {
    ledger.founded = false;
    const scheduler = start('ExchangeMSP');
    const ids = ledger.seal('AlphaMSP', 2);
    await until('it waits', () => logged.some((line) => line.includes('MarketNotFounded')));
    expect(scheduler.status.number).toBeUndefined();
    ledger.founded = true;
    await untilTaken(ids);
  });

  test('whoever is no operator makes no cycles until it is', async () => {
    ledger.operators.splice(ledger.operators.indexOf('ExchangeMSP'), 1);
    start('ExchangeMSP');
    const ids = ledger.seal('AlphaMSP');
    await until('it says so', () => logged.some((line) => line.includes('no operator')));
    expect(ledger.tried).toEqual([]);
    ledger.operators.push('ExchangeMSP');
    await untilTaken(ids);
  });

  test('keeps a bounded number of a member’s submissions, and reads the others again', async () => {
    const flood = ledger.seal('AlphaMSP', 3_000);
    ledger.cycleMs = 1;
    const scheduler = start('ExchangeMSP', { keptPerMember: 500 });
    let most = 0;
    await until('the flood is taken', () => {
      most = Math.max(most, scheduler.status.waiting);
      return areTaken(flood);
    });
    expect(most).toBeLessThanOrEqual(500);
    await untilTaken([...flood, ...ledger.seal('AlphaMSP', 5)]);
  });

  test('closing ends it, whatever is under way', async () => {
    ledger.cycleMs = 60_000;
    ledger.seal('AlphaMSP');
    const scheduler = start('ExchangeMSP');
    await until('a cycle is under way', () => ledger.tried.length === 1);
    const started = performance.now();
    await scheduler.close();
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(logged.filter((line) => line.includes('not foreseen'))).toEqual([]);
  });

  test('a stream of blocks that breaks goes on where it was', async () => {
    const port = ledger.port('ExchangeMSP');
    let opened = 0;
    startOn({
      ...port,
      async *blocks(startBlock, signal) {
        opened += 1;
        let read = 0;
        for await (const block of port.blocks(startBlock, signal)) {
          if (opened < 4 && (read += 1) > 2) throw new Error('broken');
          yield block;
        }
      },
    });
    await untilTaken(ledger.seal('AlphaMSP', 20));
    expect(opened).toBe(4);
  });
});

describe('several schedulers', () => {
  test('in normal operation one makes all the cycles', async () => {
    const operators = ledger.operators.map((operator) => start(operator));
    const ids: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      ids.push(...ledger.seal('AlphaMSP', 2));
      await untilTaken(ids);
    }
    expect(new Set(ledger.cycles.map(({ maker }) => maker))).toEqual(new Set(['ExchangeMSP']));
    expect(ledger.tried).toHaveLength(ledger.cycles.length);
    await until('all have seen it', () => operators.every(({ status }) => status.number === ledger.cycles.length));
  });

  test('one that died is replaced within three seconds', async () => {
    const first = start('ExchangeMSP');
    for (const other of ['CcpMSP', 'CsdMSP']) start(other);
    await untilTaken(ledger.seal('AlphaMSP'));
    await first.close();
    await untilTaken(ledger.seal('AlphaMSP'), 3_000);
    await untilTaken(ledger.seal('BetaMSP'), 1_000);
    expect(ledger.cycles.map(({ maker }) => maker)).toEqual(['ExchangeMSP', 'CcpMSP', 'CcpMSP']);
    expect(logged).toContain('CcpMSP: taking over from ExchangeMSP, as no cycle came');
  });

  test('the last of three takes over when the two before it died', async () => {
    start('CsdMSP');
    await untilTaken(ledger.seal('AlphaMSP'), 3_000);
  });

  test('two that race take everything exactly once', async () => {
    const impatient = { stepMs: 0 };
    for (const operator of ledger.operators) start(operator, impatient);
    const ids: string[] = [];
    for (let round = 0; round < 40; round += 1) {
      ids.push(...ledger.seal(round % 3 === 0 ? 'BetaMSP' : 'AlphaMSP', 3));
      await new Promise((resolve) => setTimeout(resolve, 7));
    }
    await untilTaken(ids);
    expect(ledger.tried.length).toBeGreaterThan(ledger.cycles.length);
  });
});

describe('trouble', () => {
  function setAside(): readonly string[] {
    return ledger.cycles.flatMap(({ request }) =>
      request.submissions.filter(({ quarantined }) => quarantined === true).map(({ transactionId }) => transactionId),
    );
  }

  test('the submission that ends chaincode processes is named by the next one, tried alone, and set aside', async () => {
    const beta = ledger.seal('BetaMSP', 3);
    const alpha = ledger.seal('AlphaMSP', 40);
    const [poison = ''] = alpha.slice(17);
    ledger.poison.add(poison);
    start('ExchangeMSP');
    await untilTaken([...alpha, ...beta]);
    expect(setAside()).toEqual([poison]);
    // With all others, alone, and refused after each.
    expect(ledger.ended).toBe(2);
    expect(ledger.tried.length - ledger.cycles.length).toBe(4);
    const others = [...beta, ...alpha.slice(0, 17)];
    expect(new Set(ledger.taken.slice(0, others.length))).toEqual(new Set(others));
  });

  test('whoever is named is tried after all others', async () => {
    const [poison = '', ...behind] = ledger.seal('AlphaMSP', 3);
    ledger.poison.add(poison);
    const beta = ledger.seal('BetaMSP', 2);
    start('ExchangeMSP');
    await untilTaken([poison, ...behind, ...beta]);
    // It ends a process, is named by the next one, and before it ends another one the others are taken.
    const ofOthers = ledger.tried.findIndex(({ submissions }) =>
      submissions.every(({ member }) => member !== 'AlphaMSP'),
    );
    expect(ofOthers).toBe(2);
    expect(ledger.ended).toBe(2);
    expect(setAside()).toEqual([poison]);
  });

  test('with several schedulers few processes end, and others wait for the first of them only', async () => {
    const alpha = ledger.seal('AlphaMSP', 3);
    const [, poison = ''] = alpha;
    ledger.poison.add(poison);
    ledger.poisonMs = 1_500;
    const beta = ledger.seal('BetaMSP', 3);
    for (const operator of ledger.operators) start(operator);
    await untilTaken(beta, ledger.poisonMs + 1_000);
    await untilTaken([...alpha, ...beta], 10_000);
    expect(setAside()).toEqual([poison]);
    expect(ledger.ended).toBeLessThanOrEqual(4);
  });

  test('the submission that ends chaincode processes is found and set aside alone where none names it', async () => {
    ledger.namesPoison = false;
    const before = ledger.seal('BetaMSP', 3);
    const alpha = ledger.seal('AlphaMSP', 40);
    const [poison = ''] = alpha.slice(17);
    ledger.poison.add(poison);
    ledger.cycleMs = 2;
    const after = ledger.seal('BetaMSP', 3);
    start('ExchangeMSP');
    await untilTaken([...before, ...alpha, ...after]);
    expect(setAside()).toEqual([poison]);
    // All together and once more, all of the member, and alone as often as it takes.
    const failed = ledger.tried.length - ledger.cycles.length;
    expect(failed).toBeLessThanOrEqual(5);
  });

  test('of a large flood the poison is found with few failures', async () => {
    ledger.namesPoison = false;
    const alpha = ledger.seal('AlphaMSP', 1_000);
    const [poison = ''] = alpha.slice(777);
    ledger.poison.add(poison);
    ledger.cycleMs = 1;
    start('ExchangeMSP');
    await untilTaken(alpha, 20_000);
    expect(setAside()).toEqual([poison]);
    expect(ledger.tried.length - ledger.cycles.length).toBeLessThanOrEqual(6);
  });

  test('what cannot be read is retried while others go on, and then set aside', async () => {
    const [lost = '', ...rest] = ledger.seal('AlphaMSP', 5);
    ledger.unreadable.add(lost);
    start('ExchangeMSP', { unreadableMs: 600 });
    const beta = ledger.seal('BetaMSP', 2);
    await untilTaken(beta, 500);
    expect(ledger.taken).not.toContain(lost);
    await untilTaken([...rest, lost]);
    expect(setAside()).toEqual([lost]);
  });

  test('what can be read later is executed then', async () => {
    const ids = ledger.seal('AlphaMSP', 5);
    const [, , late = ''] = ids;
    ledger.unreadable.add(late);
    start('ExchangeMSP', { unreadableMs: 5_000 });
    await until('it was tried', () => ledger.tried.length >= 4);
    ledger.unreadable.delete(late);
    await untilTaken(ids);
    expect(setAside()).toEqual([]);
  });

  test('an endorser that was started anew is asked once more to read which ids were used, and nobody is suspect', async () => {
    ledger.startedAnew = true;
    const ids = [...ledger.seal('AlphaMSP', 3), ...ledger.seal('BetaMSP')];
    start('ExchangeMSP');
    await untilTaken(ids);
    await untilTaken(ledger.seal('AlphaMSP'));
    expect(ledger.tried.filter(({ recall }) => recall === true)).toHaveLength(1);
    expect(ledger.tried.at(-1)).not.toHaveProperty('recall');
    expect(setAside()).toEqual([]);
  });

  test('endorsers that are away make nobody suspect', async () => {
    ledger.up = false;
    const ids = [...ledger.seal('AlphaMSP'), ...ledger.seal('BetaMSP')];
    start('ExchangeMSP');
    await until('it tries', () => ledger.tried.length > 6);
    ledger.up = true;
    await untilTaken(ids);
    expect(setAside()).toEqual([]);
  });

  test('a submission that was deleted is set aside', async () => {
    const port = ledger.port('ExchangeMSP');
    const [first = '', second = ''] = ledger.seal('AlphaMSP', 2);
    ledger.forget(first);
    startOn(port, { unreadableMs: 300 });
    await untilTaken([first, second]);
    expect(setAside()).toEqual([first]);
  });
});

describe('a checkpoint', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kessai-operate-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function readFrom(file: string): Promise<bigint> {
    let from: bigint | undefined;
    const port = ledger.port('ExchangeMSP');
    const checkpoints = checkpointFile(file);
    // The last stream that is opened is the one that is followed.
    const scheduler = startOn(
      { ...port, blocks: (startBlock, signal) => port.blocks((from = startBlock), signal) },
      { checkpoints },
    );
    await untilTaken(ledger.seal('AlphaMSP'));
    await until('it knows', () => scheduler.status.waiting === 0);
    await scheduler.close();
    return from ?? -1n;
  }

  test('spares a later start what was dealt with', async () => {
    const file = join(directory, 'checkpoint.json');
    ledger.seal('AlphaMSP', 10);
    expect(await readFrom(file)).toBe(0n);
    expect(await readFrom(file)).toBeGreaterThan(8n);
  });

  test('of another ledger, or spoilt, is not used', async () => {
    const file = join(directory, 'checkpoint.json');
    ledger.seal('AlphaMSP', 10);
    await readFrom(file);
    ledger = new SimulatedLedger();
    ledger.seal('BetaMSP', 20);
    await untilOther();
    expect(await readFrom(file)).toBe(0n);
    writeFileSync(file, '{"block":');
    expect(await readFrom(file)).toBe(0n);
  });

  /** Brings the other ledger to as many cycles. */
  async function untilOther(): Promise<void> {
    const scheduler = start('ExchangeMSP');
    for (let round = 0; round < 3; round += 1) await untilTaken(ledger.seal('BetaMSP'));
    await scheduler.close();
  }
});

test('duties are sealed while they are due, by the operator whose turn it is', async () => {
  let due = true;
  const port = ledger.port('ExchangeMSP');
  const duty = { name: 'end of day', due: async () => (due ? [{ method: 'Registry:AdvanceClock', request: {} }] : []) };
  startOn(port, { duties: [duty] });
  const other = ledger.port('CcpMSP');
  startOn(other, { duties: [duty] });
  await until('it is sealed', () => port.sealed.length > 0);
  due = false;
  expect(other.sealed).toEqual([]);
  expect(logged).toContain('ExchangeMSP: end of day: 1 instructions, created');
});

test.each(['ClockTooEarly', 'InstructionTooEarly'])(
  'a duty that is refused with %s, since the clock of this machine is ahead, is not sealed again each second',
  async (code) => {
    let sealed = 0;
    const seal: OperatePort['seal'] = async (instructions) => {
      sealed += 1;
      return instructions.map(() => code);
    };
    const duty = { name: 'the day', due: async () => [{ method: 'Registry:AdvanceClock', request: {} }] };
    startOn({ ...ledger.port('ExchangeMSP'), seal }, { duties: [duty] });
    await until('it is sealed', () => sealed > 0);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(sealed).toBe(1);
  },
);
