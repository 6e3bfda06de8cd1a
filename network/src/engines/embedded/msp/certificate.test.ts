import { expect, test } from '@jest/globals';
import { TestAuthority } from '../ledger/test-support';
import { certificateOfPem } from './certificate';

test('the certificate of a PEM text is found between other text', async () => {
  const { certificate } = await TestAuthority.create('Exchange');
  const found = certificateOfPem(Buffer.from(`Subject: somebody\n${certificate}\nand more`));
  expect(found?.subject).toContain('O=Exchange');
});

test.each([
  ['nothing', ''],
  ['no end', '-----BEGIN CERTIFICATE-----\nAAAA'],
  ['a beginning cut short', '-----BEGIN CERTIFICATE'],
  ['another end', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END KEY-----'],
  ['what is no base64', '-----BEGIN CERTIFICATE-----\nA!AA\n-----END CERTIFICATE-----'],
])('%s is no PEM block', (_what, text) => {
  expect(certificateOfPem(Buffer.from(text))).toBeUndefined();
});

test.each([
  ['blanks', `-----BEGIN X-----${' '.repeat(4_000)}!`],
  ['beginnings', '-----BEGIN '.repeat(20_000)],
  ['dashes', `-----BEGIN X${'-'.repeat(200_000)}`],
])('endless %s, which anybody can send, are read in no time', (_what, text) => {
  const start = performance.now();
  expect(certificateOfPem(Buffer.from(text))).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(1_000);
});
