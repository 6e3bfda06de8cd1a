import { outOfPolicy } from '@kessai/network';
import type { Operation } from './machine-chaincode';
import { machineCollections, machineEndorsers } from './machine-deployment';
import { operators } from './twin-topology';

/** Chooses with random numbers that a seed repeats. */
export class Choice {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** True so often of a hundred times. */
  percent(often: number): boolean {
    return this.#random() * 100 < often;
  }

  of<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('There is nothing to choose from');
    return item;
  }
}

type Make = (choice: Choice) => Operation;

const keysOfMachine = 14;
const rowsOfTable = 120;

const key = (choice: Choice): string => `k${choice.below(keysOfMachine).toString().padStart(2, '0')}`;
const row = (choice: Choice): string => tableKey(choice.below(rowsOfTable));
const value = (choice: Choice): string => (choice.percent(4) ? '' : `v${choice.below(1_000_000).toString()}`);
const collection = (choice: Choice): string => choice.of([...machineCollections, 'open', '_implicit_org_ExchangeMSP']);
const part = (choice: Choice): string => choice.of(['a', 'b', 'c', 'ä🙂']);
const bounds = (choice: Choice): [string, string] => {
  const [start, end] = [choice.percent(15) ? '' : key(choice), choice.percent(15) ? 'l' : key(choice)];
  return start > end ? [end, start] : [start, end];
};
const rows = (choice: Choice): [string, string] => {
  const [one, other] = [choice.below(rowsOfTable), choice.below(rowsOfTable)];
  return [tableKey(Math.min(one, other)), tableKey(Math.max(one, other) + 1)];
};

/** The keys of a table so long that peers hash what they read of it, and give it to the chaincode in several messages. */
export const table: readonly string[] = Array.from({ length: rowsOfTable }, (_, index) => tableKey(index));

function tableKey(index: number): string {
  return `t${index.toString().padStart(3, '0')}`;
}

/** A key-level policy, in hexadecimal. */
export function keyPolicy(outOf: number, mspIds: readonly string[]): string {
  return Buffer.from(outOfPolicy(outOf, mspIds, 'peer').serializeBinary()).toString('hex');
}

const policies = [keyPolicy(1, ['CsdMSP']), keyPolicy(2, operators), keyPolicy(1, machineEndorsers), ''];
// Nobody of this organisation runs the chaincode: the key can never be written again.
const locked = keyPolicy(1, ['GammaMSP']);

const reads: readonly Make[] = [
  (choice) => ['get', key(choice)],
  (choice) => ['get', row(choice)],
  (choice) => ['range', ...bounds(choice)],
  (choice) => ['range', ...bounds(choice)],
  (choice) => ['range', ...rows(choice)],
  (choice) => ['firstOf', ...rows(choice), choice.of(['1', '49', '50', '51', '99', '100', '101'])],
  (choice) => ['composite', 'pair', ...(choice.percent(60) ? [part(choice)] : [])],
  (choice) => ['getMany', '', key(choice), row(choice), key(choice), 'never'],
  (choice) => ['getPolicy', key(choice)],
  (choice) => ['getPrivate', collection(choice), key(choice)],
  (choice) => ['getMany', collection(choice), key(choice), key(choice)],
  (choice) => ['privateHash', collection(choice), key(choice)],
  (choice) => ['getPrivatePolicy', collection(choice), key(choice)],
  (choice) => ['history', key(choice)],
];

const writes: readonly Make[] = [
  (choice) => ['put', key(choice), value(choice)],
  (choice) => ['put', key(choice), value(choice)],
  (choice) => ['put', row(choice), value(choice)],
  (choice) => ['delete', key(choice)],
  (choice) => ['delete', row(choice)],
  (choice) => ['putComposite', 'pair', value(choice), part(choice), part(choice)],
  (choice) => ['putMany', '', value(choice), key(choice), row(choice)],
  (choice) => ['setPolicy', key(choice), choice.of(policies)],
  (choice) => ['putPrivate', collection(choice), key(choice), value(choice)],
  (choice) => ['putPrivate', collection(choice), key(choice), value(choice)],
  (choice) => ['putMany', collection(choice), value(choice), key(choice), key(choice)],
  (choice) => ['deletePrivate', collection(choice), key(choice)],
  (choice) => ['purgePrivate', collection(choice), key(choice)],
  (choice) => ['setPrivatePolicy', collection(choice), key(choice), choice.of(policies)],
  () => ['setPolicy', 'locked', locked],
  (choice) => ['put', 'locked', value(choice)],
  (choice) => ['event', choice.of(['told', 'told again']), value(choice)],
];

/** What a peer refuses a chaincode, or answers to a chaincode that only reads. */
const queries: readonly Make[] = [
  (choice) => ['page', ...bounds(choice), choice.of(['1', '2', '5', '0', '-1']), choice.of(['', '', key(choice)])],
  (choice) => ['page', ...rows(choice), choice.of(['7', '60', '200']), choice.of(['', row(choice)])],
  (choice) => ['privateRange', collection(choice), ...bounds(choice)],
  () => ['query', '{"selector":{}}'],
  (choice) => ['privateQuery', collection(choice), '{"selector":{}}'],
  (choice) => [
    'invoke',
    choice.of(['market', 'nobody', 'machine', 'qscc', 'cscc']),
    choice.of(['', 'elsewhere']),
    'Registry:Clock',
  ],
  (choice) => ['invoke', 'qscc', '', 'GetChainInfo', choice.of(['market', 'elsewhere'])],
  (choice) => ['getPrivate', choice.of(['nothing', '']), key(choice)],
  (choice) => ['putPrivate', 'nothing', key(choice), value(choice)],
  (choice) => ['put', choice.of(['', 'a\0b', '\0']), value(choice)],
  (choice) => ['purgePrivate', choice.of(['', 'nothing']), key(choice)],
  () => ['caller'],
  () => ['time'],
];

/** What a transaction does: it reads and writes, and now and then asks what it may not. */
export function transactionOf(choice: Choice): readonly Operation[] {
  const count = 1 + choice.below(5);
  return Array.from({ length: count }, () => {
    const kind = choice.below(100);
    return choice.of(kind < 48 ? writes : kind < 92 ? reads : queries)(choice);
  });
}

export function queryOf(choice: Choice): readonly Operation[] {
  const count = 1 + choice.below(4);
  return Array.from({ length: count }, () => choice.of(choice.percent(60) ? reads : queries)(choice));
}
