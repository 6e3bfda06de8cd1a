import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TakenSubmission } from '@kessai/interface';
import { ExecutionNotes, ExecutionRecord, suspectsEnvironment } from './execution-record';

const submission = (name: string) =>
  ({ member: 'AMSP', transactionId: name.repeat(64), place: { block: 1, transaction: 0 } }) as TakenSubmission;
const [one, other] = [submission('a'), submission('b')];

let record: ExecutionRecord;
beforeEach(() => {
  record = ExecutionRecord.make();
});
afterEach(() => record.close());

describe('the record of what is executed', () => {
  test('says so of the submission that a worker noted last, and each has a mark of its own', () => {
    const notes = new ExecutionNotes(record.descriptor, []);
    const marks = new Set<string>();
    for (const noted of [one, other, one, undefined]) {
      notes.executing(noted);
      const doing = record.read();
      const name = noted && { member: noted.member, transactionId: noted.transactionId };
      expect(doing).toMatchObject({ kind: 'cycle', submission: name });
      if (doing.kind === 'cycle') marks.add(doing.mark);
    }
    expect(marks.size).toBe(4);
  });

  test('does not change with each of many instructions of a submission, but with the time', () => {
    const notes = new ExecutionNotes(record.descriptor, []);
    notes.executing(one);
    const first = record.read();
    const begun = performance.now();
    let calls = 0;
    while (performance.now() - begun < 20) {
      notes.executing(one);
      calls += 1;
    }
    expect(calls).toBeGreaterThan(100);
    expect(record.read()).toEqual(first);
    while (performance.now() - begun < 250) notes.executing(one);
    expect(record.read()).not.toEqual(first);
  });

  test('says nothing before a cycle, after it, and once it has been cleared', () => {
    expect(record.read()).toEqual({ kind: 'nothing' });
    const notes = new ExecutionNotes(record.descriptor, []);
    notes.executing(one);
    notes.idle();
    expect(record.read()).toEqual({ kind: 'nothing' });
    notes.executing(one);
    expect(record.read()).toMatchObject({ kind: 'cycle' });
    record.clear();
    expect(record.read()).toEqual({ kind: 'nothing' });
  });
});

describe('a worker', () => {
  test('knows how many processes each submission ended', () => {
    const environment = suspectsEnvironment([{ member: one.member, transactionId: one.transactionId, ends: 2 }]);
    const notes = ExecutionNotes.of(environment);
    expect([one, other].map((each) => notes.endedBy(each))).toEqual([2, 0]);
  });

  test('that nobody watches notes nothing and suspects nobody', () => {
    const notes = ExecutionNotes.of({});
    notes.executing(one);
    notes.idle();
    expect(notes.endedBy(one)).toBe(0);
  });
});
