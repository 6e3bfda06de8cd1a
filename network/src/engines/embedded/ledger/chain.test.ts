import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { common } from '@hyperledger/fabric-protos';
import { headerHash, headerOf } from '../../../channel';
import type { CommittedBlock } from '../ports';
import { newBlock, signBlock, setValidationCodes } from './block';
import { verifyBlocks } from './chain-verification';
import { openDatabase } from './database';
import { openLedger } from './index';
import { blockKey } from './main-keys';
import { TestChannel } from './test-support';
import { code } from './validation-code';

let channel: TestChannel;

beforeEach(async () => {
  channel = await TestChannel.create();
  await channel.define({ name: 'trade' });
});
afterEach(() => channel.remove());

async function commitOne(): Promise<CommittedBlock> {
  const { envelope } = await channel.invoke((simulator) => {
    simulator.put('trade', 'k', Buffer.from('v'));
  });
  return channel.ledger.commit([envelope]);
}

function metadata(block: common.Block, index: number): common.Metadata {
  return common.Metadata.deserializeBinary(block.getMetadata()?.getMetadataList_asU8()[index] ?? new Uint8Array());
}

describe('a block', () => {
  test('is chained to the one before, signed, and names the last configuration block', async () => {
    const before = Buffer.from(channel.ledger.currentBlockHash);
    const { block, number, validationCodes, txIds } = await commitOne();
    expect([number, validationCodes, txIds.length]).toEqual([2n, [code.VALID], 1]);
    expect(Buffer.from(headerOf(block).getPreviousHash_asU8())).toEqual(before);
    expect(Buffer.from(channel.ledger.previousBlockHash)).toEqual(before);
    expect(Buffer.from(channel.ledger.currentBlockHash)).toEqual(headerHash(headerOf(block)));
    const signatures = metadata(block, common.BlockMetadataIndex.SIGNATURES);
    expect(signatures.getSignaturesList()).toHaveLength(1);
    expect(common.OrdererBlockMetadata.deserializeBinary(signatures.getValue_asU8()).getLastConfig()?.getIndex()).toBe(
      0,
    );
    expect(block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.TRANSACTIONS_FILTER]).toEqual(
      Uint8Array.of(0),
    );
    expect(metadata(block, common.BlockMetadataIndex.COMMIT_HASH).getValue_asU8()).toHaveLength(32);
  });

  test('is found by number, hash and transaction, before and after a restart', async () => {
    const { txIds, block } = await commitOne();
    for (const restart of [false, true]) {
      if (restart) await channel.reopen();
      const [txId = ''] = txIds;
      const found = await Promise.all([
        channel.ledger.block(2n),
        channel.ledger.blockByHash(channel.ledger.currentBlockHash),
        channel.ledger.blockByTransaction(txId),
      ]);
      for (const one of found) expect(one?.serializeBinary()).toEqual(block.serializeBinary());
      expect(await channel.ledger.transaction(txId)).toMatchObject({ validationCode: code.VALID, blockNumber: 2n });
    }
    expect(await channel.ledger.block(3n)).toBeUndefined();
    expect(await channel.ledger.transaction('none')).toBeUndefined();
  });

  test("is told to listeners once, in order, until they leave; one that fails is in nobody's way", async () => {
    const heard: bigint[] = [];
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    channel.ledger.onCommit(() => {
      throw new Error('a listener failed');
    });
    const leave = channel.ledger.onCommit(({ number }) => heard.push(number));
    await commitOne();
    await commitOne();
    leave();
    await commitOne();
    expect(heard).toEqual([2n, 3n]);
    expect(warn).toHaveBeenCalledTimes(3);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('a listener failed'), { type: 'CommitListenerFailed' });
    warn.mockRestore();
  });

  test('is committed one at a time', async () => {
    const { envelope } = await channel.invoke(() => undefined);
    const first = channel.ledger.commit([envelope]);
    await expect(channel.ledger.commit([envelope])).rejects.toMatchObject({ code: 'CommitInProgress' });
    await first;
  });
});

describe('the chain', () => {
  async function verifyWith(change: (block: common.Block, number: number) => common.Block) {
    await commitOne();
    await commitOne();
    const { ledger } = channel;
    return verifyBlocks(
      Number(ledger.height),
      async (number) => {
        const block = await ledger.block(BigInt(number));
        return block && change(block.cloneMessage(), number);
      },
      ledger.channel,
    );
  }
  const at = (place: number, change: (block: common.Block) => void) => (block: common.Block, number: number) => {
    if (number === place) change(block);
    return block;
  };

  test('verifies as it was committed', async () => {
    expect(await verifyWith((block) => block)).toEqual({ intact: true, blocks: 4 });
  });

  test.each([
    [
      'an envelope is changed',
      (block: common.Block) => block.getData()?.setDataList([Buffer.from('forged')]),
      'data hash',
    ],
    ['the number is changed', (block: common.Block) => block.getHeader()?.setNumber(9), 'number 9'],
    [
      'the signature is gone',
      (block: common.Block) =>
        block.getMetadata()?.setMetadataList([new Uint8Array(), new Uint8Array(), Uint8Array.of(0)]),
      'signatures',
    ],
    [
      'a validation code is gone',
      (block: common.Block) => {
        setValidationCodes(block, []);
      },
      'validation code',
    ],
  ])('names the first bad block where %s', async (_, change, reason) => {
    const verdict = await verifyWith(at(2, change));
    expect(verdict).toMatchObject({ intact: false, block: 2 });
    expect(verdict.intact ? '' : verdict.reason).toContain(reason);
  });

  test('names the block after a block that was made anew and signed by the orderer', async () => {
    const verdict = await verifyWith((block, number) => {
      if (number !== 2) return block;
      const forged = newBlock(2, headerOf(block).getPreviousHash_asU8(), [Buffer.from('forged')]);
      signBlock(forged, channel.orderer, 0);
      setValidationCodes(forged, [0]);
      return forged;
    });
    expect(verdict).toMatchObject({ intact: false, block: 3 });
  });

  test('is checked as it stands on the disk', async () => {
    await commitOne();
    await channel.ledger.close();
    const database = await openDatabase(join(channel.directory, 'main'));
    const block = common.Block.deserializeBinary((await database.get(blockKey(1))) ?? Buffer.alloc(0));
    block.getData()?.setDataList([Buffer.from('forged')]);
    await database.put(blockKey(1), Buffer.from(block.serializeBinary()));
    await database.close();
    await channel.reopen();
    expect(await channel.ledger.verifyChain()).toMatchObject({ intact: false, block: 1 });
  });
});

describe('block 0', () => {
  test('gives the ledger its organisations when it is opened again', async () => {
    await channel.reopen();
    expect(channel.ledger.channel.applicationOrganisations.map(({ mspId }) => mspId)).toEqual(['A', 'B', 'C']);
    expect(channel.ledger.msps.mspIds).toEqual(['A', 'B', 'C']);
    expect(channel.ledger.channel.msps.identify(channel.orderer.creator).role).toBe('orderer');
    expect(channel.ledger.channel.ordererOrganisations.map(({ mspId }) => mspId)).toEqual(['Ordering']);
    expect(channel.ledger.channel.channelId).toBe('market');
    expect((await commitOne()).validationCodes).toEqual([code.VALID]);
  });

  test('is needed once, and no other one is taken later', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kessai-ledger-'));
    const ordererSigner = channel.orderer;
    await expect(openLedger({ directory, ordererSigner })).rejects.toMatchObject({ code: 'GenesisMissing' });
    await expect(openLedger({ directory, ordererSigner, genesis: new common.Block() })).rejects.toMatchObject({
      code: 'GenesisInvalid',
    });
    const genesis = await channel.ledger.block(0n);
    if (genesis === undefined) throw new RangeError('no block 0');
    await (await openLedger({ directory, ordererSigner, genesis })).close();
    const other = genesis.cloneMessage();
    other.getHeader()?.setDataHash(Buffer.from('other'));
    await expect(openLedger({ directory, ordererSigner, genesis: other })).rejects.toMatchObject({
      code: 'GenesisMismatch',
    });
    await rm(directory, { recursive: true });
  });

  test('of a ledger that another process has open is not opened twice', async () => {
    await expect(openLedger({ directory: channel.directory, ordererSigner: channel.orderer })).rejects.toMatchObject({
      code: 'LedgerInUse',
    });
  });
});
