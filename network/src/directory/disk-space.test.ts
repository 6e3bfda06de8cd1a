import { tmpdir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { AdministrationError } from '../admin';
import { freeBytes, requireSpace, tellingDiskFull } from './disk-space';
import { NetworkError } from './network-error';

const directory = tmpdir();

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: write`), { code });
}

async function told(error: Error, free?: number): Promise<unknown> {
  const measure = free === undefined ? freeBytes : async (): Promise<number> => Promise.resolve(free);
  return tellingDiskFull(directory, async () => Promise.reject(error), measure).catch((reason: unknown) => reason);
}

describe('a full disk', () => {
  test('is told before anything is written, with what is needed and what is free', async () => {
    const neededBytes = (await freeBytes(directory)) * 2 + 1;
    await expect(requireSpace(directory, neededBytes)).rejects.toMatchObject({
      code: 'DiskFull',
      payload: { directory, neededBytes, freeBytes: expect.any(Number) },
    });
    await requireSpace(directory, 1);
  });

  test('is looked for where a directory will be made', async () => {
    expect(await freeBytes(`${directory}/none/of/these`)).toBeGreaterThan(0);
  });

  test.each(['ENOSPC', 'EDQUOT'])('is told where writing failed with %s', async (code) => {
    expect(await told(systemError(code))).toMatchObject({ code: 'DiskFull', remedy: expect.any(String) });
  });

  test('is told where it was the reason of another failure', async () => {
    const outer = new NetworkError('EngineStartFailed', 'it did not start', 'Read its log.', {}, systemError('ENOSPC'));
    expect(await told(outer)).toMatchObject({ code: 'DiskFull', cause: outer });
  });

  test('is not what a log of another day says: there is room now', async () => {
    const error = new NetworkError('NodeNotReady', 'panic: no space left on device', 'Read its log.');
    expect(await told(error)).toBe(error);
  });

  test('is told where a node went away while there was no room for what it writes', async () => {
    const gone = { mspId: 'AlphaMSP', operation: 'Approve', message: 'read ECONNRESET' };
    const error = new AdministrationError('PeerUnreachable', gone);
    expect(await told(error, 4_096)).toMatchObject({ code: 'DiskFull', cause: error });
    expect(await told(error)).toBe(error);
  });

  test('is not what every failure is', async () => {
    const error = systemError('EACCES');
    expect(await told(error)).toBe(error);
  });
});
