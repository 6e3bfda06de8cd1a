import { randomBytes } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import { headerBytes, headerOf } from '../../../channel';
import type { SignedData, Signer } from '../ports';
import { sha256 } from './bytes';

const { BlockMetadataIndex } = common;
/** Fabric keeps five; the fourth (ORDERER) is no longer used. */
const METADATA_ENTRIES = 5;
const NONCE_BYTES = 24;

export function dataHash(envelopes: readonly Uint8Array[]): Buffer {
  return sha256(...envelopes);
}

export function newBlock(number: number, previousHash: Uint8Array, envelopes: readonly Uint8Array[]): common.Block {
  const header = new common.BlockHeader();
  header.setNumber(number);
  header.setPreviousHash(previousHash);
  header.setDataHash(dataHash(envelopes));
  const data = new common.BlockData();
  data.setDataList([...envelopes]);
  const metadata = new common.BlockMetadata();
  metadata.setMetadataList(Array.from({ length: METADATA_ENTRIES }, () => new Uint8Array()));
  const block = new common.Block();
  block.setHeader(header);
  block.setData(data);
  block.setMetadata(metadata);
  return block;
}

/** What an orderer adds: which block holds the configuration in force, and its signature over that and the header. */
export function signBlock(block: common.Block, signer: Signer, lastConfigBlock: number): void {
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(signer.creator);
  signatureHeader.setNonce(randomBytes(NONCE_BYTES));
  const value = ordererMetadata(lastConfigBlock);
  const signature = new common.MetadataSignature();
  signature.setSignatureHeader(signatureHeader.serializeBinary());
  signature.setSignature(
    signer.sign(Buffer.concat([value, signature.getSignatureHeader_asU8(), headerBytes(headerOf(block))])),
  );
  const metadata = new common.Metadata();
  metadata.setValue(value);
  metadata.setSignaturesList([signature]);
  setMetadata(block, BlockMetadataIndex.SIGNATURES, metadata.serializeBinary());
  setLastConfig(block, lastConfigBlock);
}

export function setValidationCodes(block: common.Block, codes: readonly number[]): void {
  setMetadata(block, BlockMetadataIndex.TRANSACTIONS_FILTER, Uint8Array.from(codes));
}

export function setCommitHash(block: common.Block, hash: Uint8Array): void {
  const metadata = new common.Metadata();
  metadata.setValue(hash);
  setMetadata(block, BlockMetadataIndex.COMMIT_HASH, metadata.serializeBinary());
}

export function validationCodesOf(block: common.Block): readonly number[] {
  return [...metadataOf(block, BlockMetadataIndex.TRANSACTIONS_FILTER)];
}

/** What the block's signers have signed, ready for a policy. */
export function signaturesOf(block: common.Block): readonly SignedData[] {
  const metadata = common.Metadata.deserializeBinary(metadataOf(block, BlockMetadataIndex.SIGNATURES));
  const header = headerBytes(headerOf(block));
  return metadata.getSignaturesList().map((signature) => {
    const signatureHeader = signature.getSignatureHeader_asU8();
    return {
      data: Buffer.concat([metadata.getValue_asU8(), signatureHeader, header]),
      identity: common.SignatureHeader.deserializeBinary(signatureHeader).getCreator_asU8(),
      signature: signature.getSignature_asU8(),
    };
  });
}

export function envelopesOf(block: common.Block): readonly Uint8Array[] {
  return block.getData()?.getDataList_asU8() ?? [];
}

function metadataOf(block: common.Block, index: number): Uint8Array {
  return block.getMetadata()?.getMetadataList_asU8()[index] ?? new Uint8Array();
}

function setMetadata(block: common.Block, index: number, value: Uint8Array): void {
  const metadata = block.getMetadata() ?? new common.BlockMetadata();
  const entries: (Uint8Array | string)[] = metadata.getMetadataList_asU8();
  while (entries.length < METADATA_ENTRIES) entries.push(new Uint8Array());
  entries[index] = value;
  metadata.setMetadataList(entries);
  block.setMetadata(metadata);
}

function setLastConfig(block: common.Block, lastConfigBlock: number): void {
  const metadata = new common.Metadata();
  metadata.setValue(lastConfig(lastConfigBlock).serializeBinary());
  setMetadata(block, BlockMetadataIndex.LAST_CONFIG, metadata.serializeBinary());
}

function ordererMetadata(lastConfigBlock: number): Uint8Array {
  const message = new common.OrdererBlockMetadata();
  message.setLastConfig(lastConfig(lastConfigBlock));
  message.setConsenterMetadata(new common.Metadata().serializeBinary());
  return message.serializeBinary();
}

function lastConfig(index: number): common.LastConfig {
  const message = new common.LastConfig();
  message.setIndex(index);
  return message;
}
