import { expect, test } from '@jest/globals';
import { listenAddressOf } from './metrics-address';

test.each([
  ['127.0.0.1:9100', { host: '127.0.0.1', port: 9_100 }],
  ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
  ['localhost:65535', { host: 'localhost', port: 65_535 }],
  ['[::1]:9100', { host: '::1', port: 9_100 }],
])('%s is an address to listen on', (text, address) => {
  expect(listenAddressOf(text)).toEqual(address);
});

test.each([
  '',
  '9100',
  'localhost',
  ':9100',
  '127.0.0.1:',
  '127.0.0.1:65536',
  '::1:9100',
  'a b:1',
  'http://a:1/metrics',
])('%j is none, and is not taken for one', (text) => {
  expect(listenAddressOf(text)).toBeUndefined();
});
