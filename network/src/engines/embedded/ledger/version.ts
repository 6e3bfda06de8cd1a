import { ledger } from '@hyperledger/fabric-protos';

/** Where a value was written: the block and the transaction's place in it. */
export interface Version {
  readonly block: number;
  readonly transaction: number;
}

export function sameVersion(left: Version | undefined, right: Version | undefined): boolean {
  return left?.block === right?.block && left?.transaction === right?.transaction;
}

export function describeVersion(version: Version | undefined): string {
  return version === undefined
    ? '<nil>'
    : `{BlockNum: ${version.block.toString()}, TxNum: ${version.transaction.toString()}}`;
}

export function versionMessage(version: Version | undefined): ledger.rwset.kvrwset.Version | undefined {
  if (version === undefined) return undefined;
  const message = new ledger.rwset.kvrwset.Version();
  message.setBlockNum(version.block);
  message.setTxNum(version.transaction);
  return message;
}

export function versionOf(message: ledger.rwset.kvrwset.Version | undefined): Version | undefined {
  return message === undefined ? undefined : { block: message.getBlockNum(), transaction: message.getTxNum() };
}

/** Fabric's order-preserving form: of each number its count of bytes, then the bytes without leading zeros. */
export function versionBytes(version: Version): Buffer {
  return Buffer.concat([orderPreserving(version.block), orderPreserving(version.transaction)]);
}

function orderPreserving(value: number): Buffer {
  if (value === 0) return Buffer.from([0]);
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}
