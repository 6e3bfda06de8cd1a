import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, credentials, status, type ServiceError } from '@grpc/grpc-js';
import type { GatewayError } from '@hyperledger/fabric-gateway';
import { startEngine } from '../engine';
import { PortInUse } from './node-server';
import { CHAINCODE, CHANNEL, HOST, TestNetwork } from './testing/test-network';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('when something goes away', () => {
  let network: TestNetwork;

  beforeAll(async () => {
    network = await TestNetwork.start();
  });

  afterAll(async () => {
    await network.close();
  });

  test('a chaincode process that dies fails what it was doing, and one started in its place serves again', async () => {
    const alpha = (await network.client('AlphaMSP')).getNetwork(CHANNEL).getContract(CHAINCODE);
    await alpha.submitTransaction('put', 'kept', 'yes');
    const failed = alpha.submitTransaction('exit').catch((error: unknown) => error as GatewayError);
    await network.chaincode.ended;
    expect(await failed).toMatchObject({ name: 'EndorseError', code: status.ABORTED });
    expect(((await failed) as GatewayError).details[0]?.message).toMatch(/error sending: chaincode stream terminated$/);
    await network.restartChaincode();
    expect(text(await alpha.evaluateTransaction('get', 'kept'))).toBe('yes');
  });

  test('a chaincode service that asks for mutual TLS gets each peer’s certificate', async () => {
    await network.deployWithTls('guarded');
    const guarded = (await network.client('GammaMSP')).getNetwork(CHANNEL).getContract('guarded');
    expect(text(await guarded.evaluateTransaction('caller'))).toBe('GammaMSP');
  });

  test('an engine started again goes on where it was, with what was installed', async () => {
    const before = network.engine.ledger.height;
    await network.restartEngine();
    expect(network.engine.ledger.height).toBe(before);
    const beta = (await network.client('BetaMSP')).getNetwork(CHANNEL).getContract(CHAINCODE);
    expect(text(await beta.evaluateTransaction('get', 'kept'))).toBe('yes');
    await beta.submitTransaction('put', 'more', 'yes');
    expect(network.engine.ledger.height).toBe(before + 1n);
  });

  test('an engine that is closed ends an event stream and is gone', async () => {
    const client = await network.client('AlphaMSP');
    const events = await client.getNetwork(CHANNEL).getChaincodeEvents(CHAINCODE);
    const ended = (async () => {
      for await (const event of events) {
        throw new Error(`unexpected ${event.eventName}`);
      }
    })().catch((error: unknown) => error as ServiceError);
    await network.restartEngine();
    await expect(ended).resolves.toBeDefined();
  });

  test('a port that is taken is named', async () => {
    const other = createServer();
    const [first, ...others] = network.engineOptions.organisations;
    if (first?.peer === undefined) {
      throw new Error('no organisation with a peer');
    }
    await network.engine.close();
    const { port } = first.peer.endpoint;
    await new Promise<void>((resolve) => other.listen(port, HOST, resolve));
    try {
      await expect(startEngine({ ...network.engineOptions, organisations: [first, ...others] })).rejects.toMatchObject({
        code: 'PortInUse',
        port,
      });
      await expect(startEngine(network.engineOptions)).rejects.toBeInstanceOf(PortInUse);
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
    network.engine = await startEngine(network.engineOptions);
    expect(network.engine.ledger.height).toBeGreaterThan(0n);
  });

  test('a directory of another channel is refused', async () => {
    await network.engine.close();
    await expect(startEngine({ ...network.engineOptions, channel: 'elsewhere' })).rejects.toMatchObject({
      code: 'EngineOptionsInvalid',
    });
    network.engine = await startEngine(network.engineOptions);
  });

  describe('services', () => {
    const call = (path: string, request = Buffer.alloc(0)): Promise<Buffer | ServiceError> => {
      const { root, address } = network.connection('AlphaMSP');
      const client = new Client(address, credentials.createSsl(root));
      const same = (bytes: Buffer): Buffer => bytes;
      return new Promise((resolve) => {
        client.makeUnaryRequest(path, same, same, request, (error: ServiceError | null, reply?: Buffer) => {
          client.close();
          resolve(error ?? reply ?? Buffer.alloc(0));
        });
      });
    };

    test.each([
      '/gateway.Gateway/Evaluate',
      '/gateway.Gateway/Endorse',
      '/gateway.Gateway/Submit',
      '/gateway.Gateway/CommitStatus',
      '/gateway.Gateway/ChaincodeEvents',
      '/protos.Endorser/ProcessProposal',
      '/protos.Deliver/Deliver',
      '/protos.Deliver/DeliverFiltered',
      '/protos.Deliver/DeliverWithPrivateData',
    ])('%s answers nonsense with an error, and goes on', async (path) => {
      // Empty, cut off inside a field, and a field that holds what is no message.
      for (const bytes of [[], [0x0a, 0x7f], [0x0a, 0x03, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff]]) {
        await call(path, Buffer.from(bytes));
      }
      expect(await call('/grpc.health.v1.Health/Check')).toEqual(Buffer.from([0x08, 0x01]));
    });

    test('health is SERVING', async () => {
      expect(await call('/grpc.health.v1.Health/Check')).toEqual(Buffer.from([0x08, 0x01]));
    });

    test('what is not there is UNIMPLEMENTED', async () => {
      expect(await call('/discovery.Discovery/Discover')).toMatchObject({ code: status.UNIMPLEMENTED });
    });
  });
});
