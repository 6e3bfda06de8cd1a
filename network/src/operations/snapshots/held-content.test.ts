import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Engine } from '../../directory/engine';
import { NetworkFiles } from '../../directory/network-files';
import { makeRecord } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { smallTopology } from '../testing/plain-market';
import { holdContent, requireHoldable } from './held-content';
import { copySurveyed } from './snapshot-content';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-held-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function networkOf(engine: Engine, present?: readonly string[]): Promise<OpenNetwork> {
  const record = await makeRecord(smallTopology(), engine);
  return { files: new NetworkFiles(directory), record: present === undefined ? record : { ...record, present } };
}

const inData = (path: string): string => join(directory, 'data', path);

function write(path: string, text: string): void {
  mkdirSync(dirname(inData(path)), { recursive: true });
  writeFileSync(inData(path), text);
}

describe('what nodes do after the moment at which they were held does not come into its copy', () => {
  test.each([
    ['blocks that are added', 'peer0/chains/blockfile_000000', (path: string) => appendFileSync(inData(path), ' more')],
    ['a table that is removed', 'peer0/state/000007.ldb', (path: string) => rmSync(inData(path))],
    ['a table of the other name that is removed', 'peer0/state/000007.sst', (path: string) => rmSync(inData(path))],
    ['a log that is added to', 'peer0/state/000008.log', (path: string) => appendFileSync(inData(path), ' more')],
    ['a file that is written over', 'orderer0/etcdraft/wal/000001.wal', (path: string) => write(path, 'x')],
    [
      'a file that another one takes the place of',
      'peer0/state/CURRENT',
      (path: string) => {
        write(`${path}.tmp`, 'next');
        renameSync(inData(`${path}.tmp`), inData(path));
      },
    ],
    ['a file that is new', 'peer0/state/000001.log', () => write('peer0/state/000009.ldb', 'new')],
    ['a file that was empty', 'peer0/state/000002.log', (path: string) => appendFileSync(inData(path), 'more')],
  ])('%s', async (title, path, goOn) => {
    const text = title.endsWith('empty') ? '' : 'as it was';
    write(path, text);
    const [held, copy] = [join(directory, 'held'), join(directory, 'copy')];
    const { result } = await holdContent(await networkOf('native'), held);
    goOn(path);
    const { files } = await copySurveyed(held, result, copy);
    expect(files).toMatchObject([{ path: `data/${path}`, bytes: text.length }]);
    expect(readFileSync(join(copy, 'data', path), 'utf8')).toBe(text);
  });
});

test('a copy that would take longer than nodes may be held is refused', async () => {
  write('peer0/state/000007.ldb', 'table');
  const holding = holdContent(await networkOf('native'), join(directory, 'held'), 0);
  await expect(holding).rejects.toMatchObject({ code: 'HoldTooLong', payload: { limitMs: 0 } });
});

describe('a network is not copied as it runs where that is not of one moment', () => {
  test('one machine’s part', async () => {
    const part = await networkOf('native', ['AlphaMSP']);
    expect(() => requireHoldable(part)).toThrow(
      expect.objectContaining({ code: 'NetworkPartial', remedy: expect.stringContaining('--keys-only') }),
    );
  });

  test('in containers', async () => {
    const containers = await networkOf('docker');
    expect(() => requireHoldable(containers)).toThrow(expect.objectContaining({ code: 'EngineUnsupported' }));
  });

  test.each(['embedded', 'native'] as const)('and is where it is: %s', async (engine) => {
    const network = await networkOf(engine);
    expect(() => requireHoldable(network)).not.toThrow();
  });
});
