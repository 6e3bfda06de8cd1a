import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { common, peer } from '@hyperledger/fabric-protos';
import type { Contract, GatewayError } from '@hyperledger/fabric-gateway';
import { CHAINCODE, CHANNEL, TestNetwork, TestOrganisation } from './testing/test-network';

async function messageOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'no error',
    (error: unknown) => (error as GatewayError).details[0]?.message ?? String(error),
  );
}

describe('system chaincodes, asked through the gateway', () => {
  let network: TestNetwork;
  let qscc: Contract;
  let cscc: Contract;
  let lifecycle: Contract;
  let txId: string;

  beforeAll(async () => {
    network = await TestNetwork.start();
    const channel = (await network.client('AlphaMSP')).getNetwork(CHANNEL);
    qscc = channel.getContract('qscc');
    cscc = channel.getContract('cscc');
    lifecycle = channel.getContract('_lifecycle');
    const transaction = await channel
      .getContract(CHAINCODE)
      .newProposal('put', { arguments: ['a', '1'] })
      .endorse();
    txId = transaction.getTransactionId();
    await (await transaction.submit()).getStatus();
  });

  afterAll(async () => {
    await network.close();
  });

  test('qscc tells the chain’s height and hashes', async () => {
    const info = common.BlockchainInfo.deserializeBinary(await qscc.evaluateTransaction('GetChainInfo', CHANNEL));
    expect(BigInt(info.getHeight())).toBe(network.engine.ledger.height);
    expect(Buffer.from(info.getCurrentblockhash_asU8())).toEqual(Buffer.from(network.engine.ledger.currentBlockHash));
  });

  test('qscc gives a transaction, and its block by transaction, by number and by hash', async () => {
    const processed = peer.ProcessedTransaction.deserializeBinary(
      await qscc.evaluateTransaction('GetTransactionByID', CHANNEL, txId),
    );
    expect(processed.getValidationcode()).toBe(peer.TxValidationCode.VALID);
    const block = Buffer.from(await qscc.evaluateTransaction('GetBlockByTxID', CHANNEL, txId));
    const number = common.Block.deserializeBinary(block).getHeader()?.getNumber() ?? 0;
    expect(Buffer.from(await qscc.evaluateTransaction('GetBlockByNumber', CHANNEL, number.toString()))).toEqual(block);
    const byHash = await qscc.evaluate('GetBlockByHash', {
      arguments: [CHANNEL, network.engine.ledger.currentBlockHash],
    });
    expect(Buffer.from(byHash)).toEqual(block);
  });

  test('qscc refuses in a peer’s words', async () => {
    expect(await messageOf(qscc.evaluateTransaction('GetBlockByNumber', CHANNEL, '999'))).toMatch(
      /^chaincode response 500, Failed to get block number 999, error /,
    );
    expect(await messageOf(qscc.evaluateTransaction('GetBlockByNumber', CHANNEL, 'x'))).toContain(
      'Failed to parse block number',
    );
    expect(await messageOf(qscc.evaluateTransaction('GetTransactionByID', CHANNEL, 'nothing'))).toContain(
      'Failed to get transaction with id nothing, error ',
    );
    expect(await messageOf(qscc.evaluateTransaction('GetChainInfo', 'elsewhere'))).toContain(
      'Invalid chain ID, elsewhere',
    );
    expect(await messageOf(qscc.evaluateTransaction('Nothing', CHANNEL, ''))).toContain(
      'Unmapped policy for qscc/Nothing',
    );
  });

  test('cscc gives the configuration and its block', async () => {
    const config = common.Config.deserializeBinary(await cscc.evaluateTransaction('GetChannelConfig', CHANNEL));
    expect([...(config.getChannelGroup()?.getGroupsMap().keys() ?? [])].sort()).toEqual(['Application', 'Orderer']);
    const block = common.Block.deserializeBinary(await cscc.evaluateTransaction('GetConfigBlock', CHANNEL));
    expect(block.getHeader()?.getNumber()).toBe(0);
    expect(await messageOf(cscc.evaluateTransaction('JoinChain', 'x'))).toContain('UNIMPLEMENTED');
  });

  test('_lifecycle tells a client what is committed, and lets administrators alone see what is approved', async () => {
    const query = new peer.lifecycle.QueryChaincodeDefinitionArgs();
    query.setName(CHAINCODE);
    const answer = await lifecycle.evaluate('QueryChaincodeDefinition', { arguments: [query.serializeBinary()] });
    const definition = peer.lifecycle.QueryChaincodeDefinitionResult.deserializeBinary(answer);
    expect([definition.getVersion(), definition.getSequence()]).toEqual(['1.0', 1]);
    expect(definition.getCollections()?.getConfigList()).toHaveLength(4);
    const approved = new peer.lifecycle.QueryApprovedChaincodeDefinitionArgs();
    approved.setName(CHAINCODE);
    expect(
      await messageOf(
        lifecycle.evaluate('QueryApprovedChaincodeDefinition', { arguments: [approved.serializeBinary()] }),
      ),
    ).toContain('The identity is not an admin under this MSP [AlphaMSP]');
  });

  test('an administrator sees for which package the own organisation approved', async () => {
    const admin = await network.organisation('AlphaMSP').issue('admin');
    const contract = network
      .clientWith('AlphaMSP', admin, {}, 'AlphaMSP')
      .getNetwork(CHANNEL)
      .getContract('_lifecycle');
    const approved = new peer.lifecycle.QueryApprovedChaincodeDefinitionArgs();
    approved.setName(CHAINCODE);
    const answer = await contract.evaluate('QueryApprovedChaincodeDefinition', {
      arguments: [approved.serializeBinary()],
    });
    const result = peer.lifecycle.QueryApprovedChaincodeDefinitionResult.deserializeBinary(answer);
    expect(result.getSource()?.getLocalPackage()?.getPackageId()).toBe(network.package.packageId);
  });

  test('a stranger asks in vain', async () => {
    const stranger = await (await TestOrganisation.create('AlphaMSP')).issue('client');
    const contract = network.clientWith('AlphaMSP', stranger, {}, 'AlphaMSP').getNetwork(CHANNEL).getContract('qscc');
    expect(await messageOf(contract.evaluateTransaction('GetChainInfo', CHANNEL))).toContain('access denied');
  });
});
