import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigurationError, readConfiguration, readLogSettings } from './configuration';

let directory: string;
let complete: Record<string, string | undefined>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-configuration-'));
  const file = (name: string) => {
    const path = join(directory, name);
    writeFileSync(path, name);
    return path;
  };
  complete = {
    CHAINCODE_ID: 'market_1:abc',
    CHAINCODE_SERVER_ADDRESS: '127.0.0.1:9999',
    CHAINCODE_TLS_KEY_FILE: file('key'),
    CHAINCODE_TLS_CERT_FILE: file('certificate'),
    CHAINCODE_TLS_CLIENT_CA_FILE: file('authority'),
    KESSAI_FOUNDERS: 'ExchangeMSP, CsdMSP',
  };
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('the environment', () => {
  test('that is complete gives the whole configuration', () => {
    expect(readConfiguration(complete)).toEqual({
      packageId: 'market_1:abc',
      address: '127.0.0.1:9999',
      tls: {
        key: Buffer.from('key'),
        certificate: Buffer.from('certificate'),
        clientAuthority: Buffer.from('authority'),
      },
      readTls: expect.any(Function),
      founders: ['ExchangeMSP', 'CsdMSP'],
      watchdogMs: 20_000,
      instructionMs: 5_000,
      batchedIo: true,
      streamCounts: false,
      metrics: undefined,
    });
  });

  test.each([
    'CHAINCODE_ID',
    'CHAINCODE_SERVER_ADDRESS',
    'CHAINCODE_TLS_KEY_FILE',
    'CHAINCODE_TLS_CERT_FILE',
    'CHAINCODE_TLS_CLIENT_CA_FILE',
    'KESSAI_FOUNDERS',
  ])('without %s is refused, with its name', (variable) => {
    for (const value of [undefined, '', '  ']) {
      expect(() => readConfiguration({ ...complete, [variable]: value })).toThrow(ConfigurationError);
      expect(() => readConfiguration({ ...complete, [variable]: value })).toThrow(`${variable} is not set`);
    }
  });

  test('may disable TLS only by saying so', () => {
    const plain = { ...complete, CHAINCODE_TLS_KEY_FILE: undefined, CHAINCODE_TLS_DISABLED: 'true' };
    expect(readConfiguration(plain).tls).toBeUndefined();
    expect(() => readConfiguration({ ...plain, CHAINCODE_TLS_DISABLED: 'false' })).toThrow('CHAINCODE_TLS_KEY_FILE');
    expect(() => readConfiguration({ ...plain, CHAINCODE_TLS_DISABLED: 'yes' })).toThrow('CHAINCODE_TLS_DISABLED');
  });

  test('may refuse what the peer offers, and have messages counted', () => {
    const set = { ...complete, KESSAI_BATCHED_IO: 'off', KESSAI_STREAM_COUNTS: 'on' };
    expect(readConfiguration(set)).toMatchObject({ batchedIo: false, streamCounts: true });
  });

  test('never allows an instruction more than any other silence', () => {
    expect(readConfiguration({ ...complete, KESSAI_WATCHDOG_SECONDS: '3' })).toMatchObject({
      watchdogMs: 3_000,
      instructionMs: 3_000,
    });
    const set = { ...complete, KESSAI_WATCHDOG_SECONDS: '30', KESSAI_INSTRUCTION_SECONDS: '2' };
    expect(readConfiguration(set)).toMatchObject({ watchdogMs: 30_000, instructionMs: 2_000 });
  });

  test.each([
    ['CHAINCODE_SERVER_ADDRESS', '9999'],
    ['CHAINCODE_TLS_KEY_FILE', join('no', 'such', 'file')],
    ['KESSAI_FOUNDERS', 'ExchangeMSP,,CsdMSP'],
    ['KESSAI_FOUNDERS', 'Exchange MSP'],
    ['KESSAI_WATCHDOG_SECONDS', '0'],
    ['KESSAI_WATCHDOG_SECONDS', 'soon'],
    ['KESSAI_INSTRUCTION_SECONDS', '-1'],
    ['KESSAI_BATCHED_IO', 'no'],
    ['KESSAI_STREAM_COUNTS', 'counts.log'],
    ['KESSAI_METRICS_ADDRESS', '9100'],
    ['KESSAI_METRICS_ADDRESS', 'localhost'],
    ['KESSAI_METRICS_ADDRESS', '127.0.0.1:65536'],
    ['KESSAI_METRICS_ADDRESS', 'http://127.0.0.1:9100'],
  ])('with %s=%j is refused, with its name', (variable, value) => {
    expect(() => readConfiguration({ ...complete, [variable]: value })).toThrow(new RegExp(`^${variable} `));
  });

  test('says where metrics are served; nowhere unless it does', () => {
    expect(readConfiguration({ ...complete, KESSAI_METRICS_ADDRESS: '127.0.0.1:9100' }).metrics).toEqual({
      host: '127.0.0.1',
      port: 9_100,
    });
    expect(readConfiguration({ ...complete, KESSAI_METRICS_ADDRESS: '' }).metrics).toBeUndefined();
  });

  test('says in which form logs are written; another form than the known ones is refused, not taken for text', () => {
    expect(readLogSettings({})).toEqual({ format: 'text', process: 'chaincode' });
    const asked = { KESSAI_LOG_FORMAT: 'json', KESSAI_PROCESS_NAME: 'chaincode.alpha.market.example' };
    expect(readLogSettings(asked)).toEqual({ format: 'json', process: 'chaincode.alpha.market.example' });
    for (const format of ['JSON', 'logfmt', 'yes']) {
      expect(() => readLogSettings({ KESSAI_LOG_FORMAT: format })).toThrow(/^KESSAI_LOG_FORMAT must be text or json/);
    }
  });
});
