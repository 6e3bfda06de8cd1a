import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chaincodePackage } from './index';

const connection = { address: '127.0.0.1:7052' };
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-package-'));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('a chaincode package', () => {
  test('is the same bytes on every machine', () => {
    expect(chaincodePackage('market_1', connection).packageId).toBe(
      'market_1:34a5bf263343d60008688ac3b5676cf1e9e70c941147e2f23d878f028e7cb53b',
    );
  });

  test('has another id for another label or another connection', () => {
    const tls = { rootCertificate: 'r', clientCertificate: 'c', clientKey: 'k' };
    const ids = [
      chaincodePackage('market_1', connection),
      chaincodePackage('market_2', connection),
      chaincodePackage('market_1', { address: '127.0.0.1:7053' }),
      chaincodePackage('market_1', { ...connection, tls }),
    ].map(({ packageId }) => packageId);
    expect(new Set(ids).size).toBe(4);
  });

  test.each(['', '-market', 'market/1', 'mar ket', 'märket'])('refuses the label %p, as Fabric does', (label) => {
    expect(() => chaincodePackage(label, connection)).toThrow(RangeError);
  });

  test('unpacks with the system’s tar', () => {
    const file = join(directory, 'unpack.tar.gz');
    writeFileSync(file, chaincodePackage('market_1', connection).bytes);
    const metadata = spawnSync('tar', ['-xzOf', file, 'metadata.json'], { encoding: 'utf8' });
    expect(metadata.stdout).toBe('{"path":"","type":"ccaas","label":"market_1"}');
    const list = spawnSync('tar', ['-tvzf', file], { encoding: 'utf8' });
    expect(list.stdout.trim().split('\n')).toHaveLength(2);
    expect(list.stderr).toBe('');
  });
});

const hasPeer = spawnSync('peer', ['version']).status === 0;

(hasPeer ? test : test.skip)('Fabric’s peer command computes the same package id (needs `peer` on PATH)', () => {
  const chaincode = chaincodePackage('market_1', connection);
  const file = join(directory, 'market.tar.gz');
  writeFileSync(file, chaincode.bytes);
  writeFileSync(join(directory, 'core.yaml'), 'peer: { BCCSP: { Default: SW, SW: { Hash: SHA2, Security: 256 } } }');
  const env = { ...process.env, FABRIC_CFG_PATH: directory };
  const answer = spawnSync('peer', ['lifecycle', 'chaincode', 'calculatepackageid', file], { encoding: 'utf8', env });
  expect(answer.stdout.trim()).toBe(chaincode.packageId);
});
