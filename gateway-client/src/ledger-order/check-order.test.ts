import { createHash } from 'node:crypto';
import type { common } from '@hyperledger/fabric-protos';
import { type Json, type Place, inboxOf, mspId, sealedKey } from '@kessai/interface';
import { expect, test } from '@jest/globals';
import { type HandMadeTransaction, configurationBlock, handMadeBlock } from '../tools/hand-made-block';
import { type OrderReport, checkOrder } from './check-order';

const [alpha, beta] = ['AlphaMSP', 'BetaMSP'];

function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

function inbox(member: string): string {
  return inboxOf(mspId.decode(member, ''));
}

function at(text: string): Place {
  const [block = 0, transaction = 0] = text.split('/').map(Number);
  return { block, transaction };
}

function progress(number: number, heads: Readonly<Record<string, string>>, taken: readonly Json[]): string {
  const told = Object.entries(heads).map(([member, place]) => ({ member, place: { ...at(place) } }));
  return JSON.stringify({ number, time: '2026-04-01T00:00:00.000Z', heads: told, taken });
}

const founding: HandMadeTransaction = {
  transactionId: idOf('founding'),
  functionName: 'Registry:Found',
  writes: [{ key: 'progress', value: progress(0, {}, []) }],
};

function sealed(member: string, name: string): HandMadeTransaction {
  const transactionId = idOf(name);
  return {
    transactionId,
    creator: member,
    functionName: 'Market:Instruct',
    collections: [{ collection: inbox(member), writes: [{ key: sealedKey(transactionId) }] }],
  };
}

/** Member, the name under which it was sealed, and where that stands. */
type Take = readonly [member: string, name: string, place: string];

interface CycleOptions {
  /** What the cycle says it took, where that is something else. */
  readonly told?: readonly Take[];
  readonly heads: Readonly<Record<string, string>>;
  readonly quarantined?: true;
}

function cycle(number: number, takes: readonly Take[], { told = takes, heads, ...rest }: CycleOptions) {
  const taken = told.map(([member, name, place]) => ({
    ...{ member, transactionId: idOf(name), place: { ...at(place) } },
    ...rest,
  }));
  return {
    transactionId: idOf(`cycle ${number.toString()}`),
    creator: 'CsdMSP',
    functionName: 'Market:Cycle',
    writes: [{ key: 'progress', value: progress(number, heads, taken) }],
    collections: takes.map(([member, name, place]) => ({
      collection: inbox(member),
      reads: rest.quarantined ? [] : [{ key: sealedKey(idOf(name)), version: at(place) }],
    })),
  } satisfies HandMadeTransaction;
}

/** Blocks of one transaction each, numbered from 2, after one of configuration and the founding. */
async function check(
  transactions: readonly HandMadeTransaction[],
  options: { readonly patience?: number } = {},
): Promise<OrderReport> {
  async function* blocks(): AsyncGenerator<common.Block> {
    yield configurationBlock(0);
    yield handMadeBlock(1, [founding]);
    for (const [index, transaction] of transactions.entries()) yield handMadeBlock(index + 2, [transaction]);
  }
  return checkOrder(blocks(), { chaincode: 'market', ...options });
}

function kinds({ faults }: OrderReport): readonly string[] {
  return faults.map(({ kind }) => kind);
}

test('an honest ledger has no faults', async () => {
  const report = await check([
    sealed(alpha, 'a1'), // 2
    sealed(beta, 'b1'), // 3
    cycle(
      1,
      [
        [alpha, 'a1', '2/0'],
        [beta, 'b1', '3/0'],
      ],
      { heads: { [alpha]: '2/0', [beta]: '3/0' } },
    ), // 4
    sealed(alpha, 'a2'), // 5
    { transactionId: idOf('late'), functionName: 'Market:Cycle' }, // 6: answered that the number exists
    cycle(2, [[alpha, 'a2', '5/0']], { heads: { [alpha]: '5/0', [beta]: '3/0' } }), // 7
    sealed(beta, 'b2'), // 8
  ]);
  expect(report).toEqual({ blocks: 9, cycles: 2, submissions: 4, waiting: 1, faults: [] });
});

test('a submission is left out when a later one of its member is taken', async () => {
  const report = await check([
    sealed(alpha, 'a1'),
    sealed(alpha, 'a2'),
    cycle(1, [[alpha, 'a2', '3/0']], { heads: { [alpha]: '3/0' } }),
  ]);
  expect(report.faults).toEqual([
    {
      kind: 'leftOut',
      cycle: 1,
      place: at('4/0'),
      submission: { member: alpha, place: at('2/0') },
      detail: 'AlphaMSP 2/0 was left out: later ones of AlphaMSP were taken',
    },
  ]);
  expect(report.waiting).toBe(0);
});

test('what was taken is taken again: in a later cycle, in the same', async () => {
  const take: Take = [alpha, 'a1', '2/0'];
  const heads = { [alpha]: '2/0' };
  const report = await check([sealed(alpha, 'a1'), cycle(1, [take], { heads }), cycle(2, [take], { heads })]);
  expect(kinds(report)).toEqual(['repeated']);
  const twice = cycle(1, [take], { heads, told: [take, take] });
  expect(kinds(await check([sealed(alpha, 'a1'), twice]))).toEqual(['repeated']);
});

test('submissions are executed in another order than the ledger’s', async () => {
  const report = await check([
    sealed(alpha, 'a1'),
    sealed(beta, 'b1'),
    cycle(
      1,
      [
        [beta, 'b1', '3/0'],
        [alpha, 'a1', '2/0'],
      ],
      { heads: { [alpha]: '2/0', [beta]: '3/0' } },
    ),
  ]);
  expect(kinds(report)).toEqual(['reordered']);
});

test('two submissions of a member are executed at each other’s place', async () => {
  const takes: Take[] = [
    [alpha, 'a1', '2/0'],
    [alpha, 'a2', '3/0'],
  ];
  const told: Take[] = [
    [alpha, 'a2', '2/0'],
    [alpha, 'a1', '3/0'],
  ];
  const swapped = cycle(1, takes, { told, heads: { [alpha]: '3/0' } });
  expect(kinds(await check([sealed(alpha, 'a1'), sealed(alpha, 'a2'), swapped]))).toEqual(['reordered', 'reordered']);
});

test('a place is claimed that is not where the submission stands', async () => {
  const report = await check([
    sealed(alpha, 'a1'),
    sealed(beta, 'b1'),
    cycle(1, [[alpha, 'a1', '2/0']], { told: [[alpha, 'a1', '3/0']], heads: { [alpha]: '3/0' } }),
  ]);
  expect(report.faults).toMatchObject([
    { kind: 'reordered', submission: { member: alpha, place: at('3/0') }, detail: expect.stringContaining('2/0') },
  ]);
});

test('what nobody sealed is taken', async () => {
  const report = await check([cycle(1, [[alpha, 'never', '9/9']], { heads: { [alpha]: '9/9' } })]);
  expect(kinds(report)).toEqual(['undeclared', 'invented']);
});

test('what was sealed is taken without being read', async () => {
  const unread = { ...cycle(1, [[alpha, 'a1', '2/0']], { heads: { [alpha]: '2/0' } }), collections: [] };
  expect(kinds(await check([sealed(alpha, 'a1'), unread]))).toEqual(['invented']);
  const setAside = cycle(1, [[alpha, 'a1', '2/0']], { heads: { [alpha]: '2/0' }, quarantined: true });
  expect(kinds(await check([sealed(alpha, 'a1'), setAside]))).toEqual([]);
});

test('another version is read than what was sealed, unless its owner wrote it again', async () => {
  const heads = { [alpha]: '2/0' };
  const wrong = {
    ...cycle(1, [[alpha, 'a1', '2/0']], { heads }),
    collections: [{ collection: inbox(alpha), reads: [{ key: sealedKey(idOf('a1')), version: at('1/7') }] }],
  };
  expect(kinds(await check([sealed(alpha, 'a1'), wrong]))).toEqual(['invented']);
  const again = { ...sealed(alpha, 'a1'), transactionId: idOf('again') };
  const report = await check([
    sealed(alpha, 'a1'),
    again,
    cycle(1, [[alpha, 'a1', '3/0']], { heads, told: [[alpha, 'a1', '2/0']] }),
  ]);
  // The owner's act is told, and the cycle read what stood there.
  expect(report.faults).toMatchObject([{ kind: 'unexpected', place: at('3/0') }]);
});

test('what a cycle read of an inbox and does not name is told', async () => {
  const report = await check([sealed(alpha, 'a1'), cycle(1, [[alpha, 'a1', '2/0']], { told: [], heads: {} })]);
  expect(kinds(report)).toEqual(['undeclared']);
  expect(report.waiting).toBe(1);
});

test('a cycle may read what it has no room for, which later cycles take', async () => {
  const first: Take = [alpha, 'a1', '2/0'];
  const second: Take = [beta, 'b1', '3/0'];
  const third: Take = [alpha, 'a2', '4/0'];
  const report = await check([
    sealed(alpha, 'a1'), // 2
    sealed(beta, 'b1'), // 3
    sealed(alpha, 'a2'), // 4
    cycle(1, [first, second, third], { told: [first], heads: { [alpha]: '2/0' } }),
    cycle(2, [second, third], { heads: { [alpha]: '4/0', [beta]: '3/0' } }),
  ]);
  expect(report).toMatchObject({ faults: [], waiting: 0 });
  const withoutOldest = cycle(1, [first, second], { told: [second], heads: { [beta]: '3/0' } });
  const passedBy = await check([sealed(alpha, 'a1'), sealed(beta, 'b1'), withoutOldest]);
  expect(kinds(passedBy)).toEqual(['undeclared']);
  expect(passedBy.waiting).toBe(1);
});

test('a cycle may read again what an earlier one took, where a member repeats it', async () => {
  const first: Take = [alpha, 'a1', '2/0'];
  const repeated: Take = [alpha, 'a1 again', '4/0'];
  const report = await check([
    sealed(alpha, 'a1'), // 2
    cycle(1, [first], { heads: { [alpha]: '2/0' } }), // 3
    sealed(alpha, 'a1 again'), // 4
    cycle(2, [first, repeated], { told: [repeated], heads: { [alpha]: '4/0' } }),
  ]);
  expect(report).toMatchObject({ faults: [], submissions: 2, waiting: 0 });
});

test('an event and a method’s name prove nothing: only progress is a cycle', async () => {
  const forged = (functionName: string): HandMadeTransaction => ({
    transactionId: idOf(functionName),
    functionName,
    event: 'cycle',
    collections: [{ collection: '_implicit_org_AlphaMSP', writes: [{ key: 'anything' }] }],
  });
  const report = await check([forged('Market:Cycle'), forged('Market:Instruct'), forged('Anything')]);
  expect(report).toMatchObject({ cycles: 0, submissions: 0 });
  expect(kinds(report)).toEqual(['unexpected', 'unexpected', 'unexpected']);
});

test('another key in an inbox, a deleted one, an invalid transaction, an inbox of nobody are no submissions', async () => {
  const name = 'a1';
  const key = sealedKey(idOf(name));
  const with_ = (collection: string, write: { readonly key: string; readonly deleted?: true }) => ({
    ...sealed(alpha, name),
    collections: [{ collection, writes: [write] }],
  });
  const report = await check([
    with_(inbox(alpha), { key: 'sealed/other' }),
    with_(inbox(alpha), { key, deleted: true }),
    with_('_implicit_org_Evil_inbox', { key }),
    { ...sealed(alpha, name), code: 11 },
  ]);
  expect(report.submissions).toBe(0);
  expect(report.faults.map(({ kind, place }) => `${kind} ${place.block.toString()}`)).toEqual([
    'unexpected 2',
    'unexpected 3',
    'unexpected 4',
  ]);
});

test('a number is skipped, a head is wrong: each is told once', async () => {
  const report = await check([
    sealed(alpha, 'a1'),
    cycle(2, [[alpha, 'a1', '2/0']], { heads: { [alpha]: '7/0' } }),
    sealed(alpha, 'a2'),
    cycle(3, [], { heads: { [alpha]: '7/0' } }),
  ]);
  expect(kinds(report)).toEqual(['misnumbered', 'headsWrong']);
});

test('progress is written by what makes none', async () => {
  const forged = { ...founding, transactionId: idOf('forged'), functionName: 'Registry:AdmitMember' };
  const again = { ...founding, transactionId: idOf('again') };
  const broken = { ...founding, functionName: 'Market:Cycle', writes: [{ key: 'progress', value: '{}' }] };
  expect(kinds(await check([forged]))).toEqual(['unexpected', 'progressForged']);
  expect(kinds(await check([again]))).toEqual(['progressForged']);
  expect(kinds(await check([broken]))).toEqual(['progressForged']);
});

test('another chaincode that touches the market’s state is told', async () => {
  const through = { ...sealed(alpha, 'a1'), chaincode: 'other' };
  const report = await check([through]);
  expect(report).toMatchObject({ submissions: 1, faults: [{ kind: 'unexpected' }] });
});

test('a member is passed over when others’ later submissions are taken cycle after cycle', async () => {
  const takes = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const [name, place] = [`b${index.toString()}`, `${(3 + 2 * index).toString()}/0`];
      return [sealed(beta, name), cycle(index + 1, [[beta, name, place]], { heads: { [beta]: place } })];
    }).flat();
  const patient = await check([sealed(alpha, 'a1'), ...takes(2)], { patience: 2 });
  expect(kinds(patient)).toEqual([]);
  const report = await check([sealed(alpha, 'a1'), ...takes(5)], { patience: 2 });
  expect(report.faults).toMatchObject([
    { kind: 'passedOver', cycle: 3, submission: { member: alpha, place: at('2/0') } },
  ]);
});
