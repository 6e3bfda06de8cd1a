import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { common } from '@hyperledger/fabric-protos';
import { headerHash } from './block-header';

test('a block hashes as Fabric hashes it: SHA-256 over the ASN.1 of number, previous hash and data hash', () => {
  const header = new common.BlockHeader();
  header.setNumber(300);
  header.setPreviousHash(Buffer.from('aa', 'hex'));
  header.setDataHash(Buffer.from('bbcc', 'hex'));
  expect(headerHash(header)).toEqual(
    createHash('sha256').update(Buffer.from('300b0202012c0401aa0402bbcc', 'hex')).digest(),
  );
});
