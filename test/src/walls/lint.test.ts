import { beforeAll, describe, expect, test } from '@jest/globals';
import { lint, readPackages, type Snippet } from './house';

// Each wall is shown by a pair: what the linter must refuse, and the nearest thing that it must let pass.
interface Wall {
  readonly name: string;
  readonly file: string;
  readonly refused: string;
  readonly rule: string;
  /** Where the same text stands in a room that may do it, `file` differs; otherwise the text does. */
  readonly passes: Snippet;
}

const packages = readPackages();
const pure = packages.filter((one) => one.pure);

function inFile(file: string, text: string): Snippet {
  return { file, text };
}

function purity(): Wall[] {
  return pure.flatMap(({ folder, name }) => {
    const file = `${folder}/src/probe.ts`;
    const host = 'chaincode/host/src/probe.ts';
    const wall = (what: string, refused: string, rule: string, passes: Snippet): Wall => ({
      name: `${name}: ${what}`,
      file,
      refused,
      rule,
      passes,
    });
    const clock = 'export const now = Date.now();\n';
    const files = "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n";
    const environment = 'export const home = process.env;\n';
    return [
      wall('the clock', clock, 'no-restricted-globals', inFile(host, clock)),
      wall(
        'a date of its own making',
        'export const now = new Date(0);\n',
        'no-restricted-globals',
        inFile(file, 'export const now = 0n;\n'),
      ),
      wall(
        'randomness',
        'export const chance = Math.random();\n',
        'no-restricted-properties',
        inFile(file, 'export const chance = Math.max(1, 2);\n'),
      ),
      wall(
        'randomness by destructuring',
        'export const { random } = Math;\n',
        'no-restricted-properties',
        inFile(file, 'export const { max } = Math;\n'),
      ),
      wall('files', files, 'house/directions', inFile(`${folder}/src/probe.test.ts`, files)),
      wall('the environment', environment, 'no-restricted-globals', inFile(host, environment)),
      wall(
        'the locale',
        "export const sorted = ['b', 'a'].sort((x, y) => x.localeCompare(y));\n",
        'no-restricted-syntax',
        inFile(file, "export const sorted = ['b', 'a'].sort((x, y) => (x < y ? -1 : 1));\n"),
      ),
      wall(
        'a timer',
        'export const later = setTimeout(() => undefined, 1);\n',
        'no-restricted-globals',
        inFile(host, 'export const later = setTimeout(() => undefined, 1);\n'),
      ),
      wall(
        'everything by way of globalThis',
        'export const all = globalThis;\n',
        'no-restricted-globals',
        inFile(host, 'export const all = globalThis;\n'),
      ),
    ];
  });
}

function imports(from: string): string {
  return `export * from '${from}';\n`;
}

function directions(): Wall[] {
  const rule = 'house/directions';
  const contract = 'chaincode/settlement/src/probe.ts';
  const host = 'chaincode/host/src/probe.ts';
  const client = 'gateway-client/src/probe.ts';
  const cli = 'gateway-client/cli/src/probe.ts';
  const wall = (name: string, file: string, refused: string, passes: Snippet): Wall => ({
    name,
    file,
    refused,
    rule,
    passes,
  });
  return [
    wall('a contract and fabric-shim', contract, imports('fabric-shim'), inFile(host, imports('fabric-shim'))),
    wall(
      'a contract and fabric-contract-api',
      contract,
      imports('fabric-contract-api'),
      inFile(host, imports('fabric-contract-api')),
    ),
    wall(
      'the client and fabric-shim',
      client,
      imports('fabric-shim'),
      inFile(client, imports('@hyperledger/fabric-gateway')),
    ),
    wall(
      'a contract and another contract',
      contract,
      imports('@kessai/orders'),
      inFile(contract, imports('@kessai/ledger')),
    ),
    wall(
      'a contract and the host',
      contract,
      imports('@kessai/chaincode-host'),
      inFile(contract, imports('@kessai/interface')),
    ),
    wall(
      'ledger and a contract',
      'chaincode/ledger/src/probe.ts',
      imports('@kessai/orders'),
      inFile(host, imports('@kessai/orders')),
    ),
    wall(
      'interface and ledger',
      'chaincode/interface/src/probe.ts',
      imports('@kessai/ledger'),
      inFile('chaincode/ledger/src/probe.ts', imports('@kessai/interface')),
    ),
    wall('the client and ledger', client, imports('@kessai/ledger'), inFile(client, imports('@kessai/interface'))),
    wall(
      'the network and the client',
      'network/src/probe.ts',
      imports('@kessai/gateway-client'),
      inFile(cli, imports('@kessai/gateway-client')),
    ),
    wall('the command and the host', cli, imports('@kessai/chaincode-host'), inFile(cli, imports('@kessai/network'))),
    wall('the command and a contract', cli, imports('@kessai/orders'), inFile(cli, imports('@kessai/orders/book'))),
    wall(
      "what another package's index does not show",
      contract,
      imports('@kessai/ledger/src/postings'),
      inFile(contract, imports('@kessai/ledger')),
    ),
    wall(
      "another package's compiled files",
      contract,
      imports('@kessai/ledger/dist/postings'),
      inFile(contract, imports('@kessai/ledger')),
    ),
    wall(
      'another package by a path',
      contract,
      imports('../../ledger/src/index'),
      inFile(contract, imports('./transfer')),
    ),
    wall(
      'tools for tests in what is shipped',
      contract,
      imports('@kessai/ledger/tools'),
      inFile('chaincode/settlement/src/probe.test.ts', imports('@kessai/ledger/tools')),
    ),
    wall(
      'tools for tests in the ledger that is shipped',
      'chaincode/ledger/src/probe.ts',
      imports('./tools/memory'),
      inFile('chaincode/ledger/src/probe.test.ts', imports('./tools/memory')),
    ),
    wall(
      'fast-check in what is shipped',
      contract,
      imports('fast-check'),
      inFile('chaincode/ledger/src/tools/probe.ts', imports('fast-check')),
    ),
    wall('a dependency that nobody declared', client, imports('yaml'), inFile('network/src/probe.ts', imports('yaml'))),
    wall(
      'a wall climbed by import()',
      client,
      "export const sneak = import('@kessai/ledger');\n",
      inFile(client, "export const open = import('@kessai/interface');\n"),
    ),
    wall(
      'a wall climbed by a type',
      client,
      "export type Sneak = import('@kessai/ledger').Posting;\n",
      inFile(client, "export type Open = import('@kessai/interface').Isin;\n"),
    ),
    wall(
      'a wall climbed by require()',
      client,
      "import sneak = require('@kessai/ledger');\nexport { sneak };\n",
      inFile(client, imports('@kessai/interface')),
    ),
  ];
}

function style(): Wall[] {
  const file = 'chaincode/orders/src/probe.ts';
  const index = 'chaincode/orders/src/index.ts';
  const wall = (name: string, rule: string, refused: string, passes: string): Wall => ({
    name,
    file,
    rule,
    refused,
    passes: inFile(file, passes),
  });
  const disable = (comment: string) => `// ${comment}\nexport const now = Date;\n`;
  return [
    wall('a default export', 'no-restricted-syntax', 'export default 1;\n', 'export const one = 1;\n'),
    wall(
      'an enum',
      'no-restricted-syntax',
      "export enum Side { Buy = 'buy' }\n",
      "export type Side = 'buy' | 'sell';\n",
    ),
    wall('any', '@typescript-eslint/no-explicit-any', 'export type Loose = any;\n', 'export type Strict = unknown;\n'),
    wall(
      'a rule switched off without its reason',
      'house/reasoned-disable',
      disable('eslint-disable-next-line no-restricted-globals'),
      disable('eslint-disable-next-line no-restricted-globals -- shows that a reason is enough'),
    ),
    {
      name: 'a promise that nobody waits for, seen by its type',
      file: index,
      rule: '@typescript-eslint/no-floating-promises',
      refused: 'export function go(task: () => Promise<void>): void {\n  task();\n}\n',
      passes: {
        file: index,
        text: 'export async function go(task: () => Promise<void>): Promise<void> {\n  await task();\n}\n',
        typed: true,
      },
    },
  ];
}

describe('the linter holds the walls', () => {
  const walls = [...purity(), ...directions(), ...style()];
  let verdicts: readonly string[][] = [];

  beforeAll(() => {
    const snippets = walls.flatMap(({ file, refused, passes }): Snippet[] => [
      { file, text: refused, typed: passes.typed ?? false },
      passes,
    ]);
    verdicts = lint(snippets).results;
  }, 120_000);

  test('there are pure packages to guard', () => {
    expect(pure.map(({ name }) => name)).toContain('@kessai/ledger');
    expect(pure.length).toBeGreaterThanOrEqual(8);
  });

  test.each(walls.map((wall, index) => ({ ...wall, index })))('refuses $name', ({ index, rule }) => {
    const [refused, passed] = verdicts.slice(2 * index);
    expect(refused?.map((verdict) => verdict.split(':')[0])).toContain(rule);
    expect(passed).toEqual([]);
  });
});
