import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Engine } from '../../directory/engine';
import { NetworkFiles } from '../../directory/network-files';
import { makeRecord } from '../../directory/network-record';
import { readTopology } from '../../topology';
import { followLog, logs, readLog } from './logs';

const PEER = 'peer0.alpha.market.example';
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-logs-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function networkOf(engine: Engine): Promise<void> {
  writeFileSync(new NetworkFiles(directory).record, JSON.stringify(await makeRecord(readTopology(), engine)));
}

function log(name: string, text: string): string {
  const file = new NetworkFiles(directory).nodeLog(name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe('the logs of a network', () => {
  test('of real Fabric are one for each orderer, peer and chaincode service', async () => {
    await networkOf('native');
    const file = log(PEER, 'hello\n');
    const found = logs({ directory });
    expect(found.map(({ kind }) => kind).filter((kind) => kind === 'orderer')).toHaveLength(4);
    expect(found.find(({ name }) => name === PEER)).toEqual({
      name: PEER,
      kind: 'peer',
      mspId: 'AlphaMSP',
      file,
      bytes: 6,
    });
    expect(found.find(({ name }) => name === 'chaincode.alpha.market.example')).toMatchObject({ bytes: 0 });
  });

  test('of the embedded engine are the engine’s and the chaincode’s', async () => {
    await networkOf('embedded');
    log('chaincode', 'ready\n');
    expect(logs({ directory }).map(({ name }) => name)).toEqual(['engine', 'chaincode']);
    expect(readLog({ directory, node: 'chaincode', lines: 5 }).lines).toEqual(['ready']);
  });

  test('a name that is none of them is refused with those that are', async () => {
    await networkOf('embedded');
    expect(() => readLog({ directory, node: PEER, lines: 5 })).toThrow(
      expect.objectContaining({
        code: 'NodeUnknown',
        payload: { field: 'node', node: PEER, known: ['engine', 'chaincode'] },
      }),
    );
  });

  test('a network that is not there has none', () => {
    expect(() => logs({ directory: join(directory, 'none') })).toThrow(
      expect.objectContaining({ code: 'NetworkDirectoryAbsent' }),
    );
  });
});

describe('the end of a log', () => {
  test.each([0, 1, 3, 20_000, 30_000])('is its last %d lines', async (lines) => {
    await networkOf('native');
    const all = Array.from({ length: 20_000 }, (_, line) => `line ${line.toString()}, with a sum in ¥`);
    log(PEER, `${all.join('\n')}\n`);
    const expected = lines === 0 ? [] : all.slice(-lines);
    expect(readLog({ directory, node: PEER, lines }).lines).toEqual(expected);
  });

  test('of a process that was never started is empty', async () => {
    await networkOf('native');
    expect(readLog({ directory, node: PEER, lines: 5 })).toMatchObject({ lines: [], bytes: 0 });
  });
});

test('who follows a log gets each line when it is whole, also after the log was begun anew, and is let go', async () => {
  await networkOf('native');
  const file = log(PEER, 'one\ntwo\n');
  const ending = new AbortController();
  const lines = followLog({ directory, node: PEER, lines: 1, signal: ending.signal });
  const next = async (): Promise<unknown> => (await lines.next()).value;
  expect(await next()).toBe('two');
  const pending = next();
  appendFileSync(file, 'thr');
  appendFileSync(file, 'ee\nfour\n');
  expect([await pending, await next()]).toEqual(['three', 'four']);
  const anew = next();
  writeFileSync(file, 'anew\n');
  expect(await anew).toBe('anew');
  const last = lines.next();
  ending.abort();
  expect((await last).done).toBe(true);
});
