import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chaincodePackage } from '../../../admin';
import { readPackage } from './package';
import { PackageStore } from './package-store';
import { readTarGz } from './tar';

describe('a chaincode package', () => {
  test('says where the service is', () => {
    const { bytes } = chaincodePackage('market_1', { address: '127.0.0.1:9999' });
    expect(readPackage(bytes)).toEqual({
      label: 'market_1',
      type: 'ccaas',
      connection: { address: '127.0.0.1:9999', dialTimeout_ms: 10_000, tls: undefined },
    });
  });

  test('leaves to each peer what differs from peer to peer', () => {
    const { bytes } = chaincodePackage('market_1', {
      address: '{{.address}}',
      tls: { rootCertificate: '{{.root}}', clientCertificate: 'CERT', clientKey: 'KEY' },
    });
    const { connection } = readPackage(bytes, { address: 'here:1', root: 'ROOT\nPEM' });
    expect(connection).toMatchObject({
      address: 'here:1',
      tls: { rootCert: 'ROOT\nPEM', client: { cert: 'CERT', key: 'KEY' } },
    });
    expect(() => readPackage(bytes, { address: 'here:1' })).toThrow('{{.root}}');
  });

  test.each([
    [
      'no archive',
      Buffer.from('nonsense'),
      /^could not parse as a chaincode install package: error reading as gzip stream/,
    ],
    ['an empty archive', gzipSync(Buffer.alloc(1024)), /did not find a code package inside the package$/],
    ['no tar', gzipSync(Buffer.alloc(1024, 'x')), /error inspecting next tar header/],
  ])('is refused when it is %s', (_what, bytes, message) => {
    expect(() => readPackage(bytes)).toThrow(message);
  });
});

/** An entry of USTAR; its size as it is written. */
function tarEntry(name: string, content: Uint8Array, size = content.length.toString(8).padStart(11, '0')): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(size, 124);
  header.write('0', 156);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

function archive(...entries: readonly Buffer[]): Buffer {
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));
}

describe('what an archive holds', () => {
  test('an entry of negative size, which would be read for ever, is refused', () => {
    expect(readTarGz(archive(tarEntry('a', Buffer.from('text'))))).toHaveLength(1);
    expect(() => readTarGz(archive(tarEntry('a', Buffer.alloc(0), '-1000')))).toThrow('invalid tar header');
  });

  test('a duration of many digits is refused at once', () => {
    const connection = { address: 'a:1', dial_timeout: '1'.repeat(50_000) };
    const code = archive(tarEntry('connection.json', Buffer.from(JSON.stringify(connection))));
    const metadata = Buffer.from(JSON.stringify({ type: 'ccaas', label: 'market_1' }));
    const start = performance.now();
    expect(() => readPackage(archive(tarEntry('metadata.json', metadata), tarEntry('code.tar.gz', code)))).toThrow(
      'invalid duration',
    );
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('the packages of a peer', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'packages-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  test('are there again when the peer starts again', async () => {
    const { bytes, packageId } = chaincodePackage('market_1', { address: 'a:1' });
    const store = new PackageStore(directory);
    expect(await store.install(bytes)).toEqual({ packageId, label: 'market_1' });
    const again = new PackageStore(directory);
    expect(again.list()).toEqual([{ packageId, label: 'market_1' }]);
    expect(Buffer.from(again.load(packageId))).toEqual(bytes);
  });

  test('are installed once', async () => {
    const { bytes, packageId } = chaincodePackage('market_1', { address: 'a:1' });
    const store = new PackageStore(directory);
    await store.install(bytes);
    await expect(store.install(bytes)).rejects.toMatchObject({
      code: 'PackageInstalled',
      message: `chaincode already successfully installed (package ID '${packageId}')`,
    });
    expect(() => store.load('market_1:0')).toThrow("chaincode install package 'market_1:0' not found");
  });
});
