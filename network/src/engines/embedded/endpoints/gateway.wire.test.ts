import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CHAINCODE, CHANNEL, TestNetwork } from './testing/test-network';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('an unmodified gateway client and an unmodified chaincode', () => {
  let network: TestNetwork;

  beforeAll(async () => {
    network = await TestNetwork.start();
  });

  afterAll(async () => {
    await network.close();
  });

  test('what one organisation submits another evaluates', async () => {
    const alpha = (await network.client('AlphaMSP')).getNetwork(CHANNEL).getContract(CHAINCODE);
    const beta = (await network.client('BetaMSP')).getNetwork(CHANNEL).getContract(CHAINCODE);

    await alpha.submitTransaction('put', 'colour', 'blue');

    expect(text(await beta.evaluateTransaction('get', 'colour'))).toBe('blue');
  });
});
