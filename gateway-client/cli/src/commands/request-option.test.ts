import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { requestOf } from './request-option';

const secret = 'a'.repeat(64);

describe('a request on the command line', () => {
  test.each([
    ['Registry:Clock', '{}'],
    ['Registry:Found', '{}'],
    ['Registry:Found', '{"secrets":{}}'],
    ['Registry:Found', 'not JSON'],
    ['Nobody:Knows', `{"secrets":{"operators":"${secret}"}}`],
  ])('of %s is taken as it is: %s', async (method, request) => {
    await expect(requestOf(method, request)).resolves.toBe(request);
  });

  test.each([
    [{ secrets: { operators: secret } }, 'secrets.operators'],
    [{ secrets: { board: secret } }, 'secrets.board'],
    [{ secrets: { operators: '', board: secret } }, 'secrets.operators'],
    [{ secrets: { board: 7 } }, 'secrets.board'],
  ])('with a secret is refused, and the secret is not repeated: %j', async (request, field) => {
    const error: unknown = await requestOf('Registry:Found', JSON.stringify(request)).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'SecretExposed', exitCode: 2, payload: { method: 'Registry:Found', field } });
    expect(String(error)).not.toContain(secret);
  });

  test('of a file may hold a secret', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kessai-request-'));
    try {
      const file = join(directory, 'founding.json');
      writeFileSync(file, JSON.stringify({ secrets: { operators: secret } }));
      await expect(requestOf('Registry:Found', `@${file}`)).resolves.toContain(secret);
      await expect(requestOf('Registry:Found', `@${file}.gone`)).rejects.toMatchObject({ code: 'RequestUnreadable' });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
