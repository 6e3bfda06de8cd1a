import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { credentials, type ClientDuplexStream } from '@grpc/grpc-js';
import { common, orderer, peer } from '@hyperledger/fabric-protos';
import type { Contract } from '@hyperledger/fabric-gateway';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { LocalSigner } from '../../../identities';
import { exchange, seekEnvelope, signedEnvelope, type SeekOptions } from './testing/seek';
import { CHAINCODE, CHANNEL, MSP_IDS, TestNetwork, TestOrganisation } from './testing/test-network';

const { Status } = common;

describe('block delivery and broadcast', () => {
  let network: TestNetwork;
  let alpha: Contract;
  let signer: LocalSigner;
  let peerClient: peer.DeliverClient;
  let ordererClient: orderer.AtomicBroadcastClient;

  beforeAll(async () => {
    network = await TestNetwork.start({ settings: { blockCutting: { absoluteMaxBytes: 100_000 } } });
    alpha = (await network.client('AlphaMSP')).getNetwork(CHANNEL).getContract(CHAINCODE);
    signer = await network.organisation('AlphaMSP').signer('client');
    const { root, address } = network.connection('AlphaMSP');
    peerClient = new peer.DeliverClient(address, credentials.createSsl(root));
    ordererClient = new orderer.AtomicBroadcastClient(network.ordererAddress, credentials.createSsl(root));
  });

  afterAll(async () => {
    peerClient.close();
    ordererClient.close();
    await network.close();
  });

  const peerAnswers = (
    stream: ClientDuplexStream<common.Envelope, peer.DeliverResponse>,
    options: Omit<SeekOptions, 'channel'> & { readonly channel?: string },
    by: LocalSigner = signer,
  ): Promise<peer.DeliverResponse[]> =>
    exchange(
      stream,
      seekEnvelope(by, { channel: CHANNEL, ...options }),
      (response) => response.getTypeCase() === peer.DeliverResponse.TypeCase.STATUS,
    );

  const statusOf = (responses: readonly peer.DeliverResponse[]): number | undefined => responses.at(-1)?.getStatus();
  const numbers = (responses: readonly peer.DeliverResponse[]): (number | undefined)[] =>
    responses.slice(0, -1).map((response) => response.getBlock()?.getHeader()?.getNumber());

  test('blocks from the oldest to the newest, ended by SUCCESS', async () => {
    const responses = await peerAnswers(peerClient.deliver(), { start: 'oldest', stop: 'newest' });
    expect(statusOf(responses)).toBe(Status.SUCCESS);
    expect(numbers(responses)).toEqual(
      Array.from({ length: Number(network.engine.ledger.height) }, (_, number) => number),
    );
  });

  test('the newest alone, and one by its number, from peer and orderer the same', async () => {
    const newest = Number(network.engine.ledger.height) - 1;
    expect(numbers(await peerAnswers(peerClient.deliver(), { start: 'newest', stop: 'newest' }))).toEqual([newest]);
    const [fromPeer] = await peerAnswers(peerClient.deliver(), { start: 1, stop: 1 });
    const [fromOrderer, end] = await exchange(
      ordererClient.deliver(),
      seekEnvelope(signer, { channel: CHANNEL, start: 1, stop: 1 }),
      (response) => response.getTypeCase() === orderer.DeliverResponse.TypeCase.STATUS,
    );
    expect(end?.getStatus()).toBe(Status.SUCCESS);
    expect(fromOrderer?.getBlock()?.serializeBinary()).toEqual(fromPeer?.getBlock()?.serializeBinary());
  });

  test('headers and metadata alone, where only these are asked for', async () => {
    const [response] = await peerAnswers(peerClient.deliver(), { start: 1, stop: 1, headersOnly: true });
    expect(response?.getBlock()?.hasData()).toBe(false);
    expect(response?.getBlock()?.getMetadata()?.getMetadataList().length).toBeGreaterThan(0);
  });

  test('a block that is not there yet is waited for', async () => {
    const next = Number(network.engine.ledger.height);
    const waiting = [next, 'next' as const].map((start) => peerAnswers(peerClient.deliver(), { start, stop: next }));
    // The second position is settled when the request arrives: an answer to a later one shows that it has.
    await peerAnswers(peerClient.deliver(), { start: 0, stop: 0 });
    await alpha.submitTransaction('put', 'later', 'value');
    expect((await Promise.all(waiting)).map(numbers)).toEqual([[next], [next]]);
  });

  test.each<[string, Partial<SeekOptions>, number]>([
    ['a block that is not there, unwilling to wait', { start: 999, stop: 999, failIfNotReady: true }, Status.NOT_FOUND],
    ['a stop before the start', { start: 2, stop: 1 }, Status.BAD_REQUEST],
    ['another channel', { start: 0, stop: 0, channel: 'elsewhere' }, Status.NOT_FOUND],
    ['an old request', { start: 0, stop: 0, at: new Date(Date.now() - 16 * 60_000) }, Status.BAD_REQUEST],
  ])('%s is answered with its status', async (_what, options, expected) => {
    const responses = await peerAnswers(peerClient.deliver(), { start: 0, stop: 0, ...options });
    expect(responses.map((response) => response.getStatus())).toEqual([expected]);
  });

  test('a stranger is FORBIDDEN, at peer and orderer', async () => {
    const stranger = await (await TestOrganisation.create('AlphaMSP')).signer('client');
    expect(statusOf(await peerAnswers(peerClient.deliver(), { start: 0, stop: 0 }, stranger))).toBe(Status.FORBIDDEN);
    const [response] = await exchange(
      ordererClient.deliver(),
      seekEnvelope(stranger, { channel: CHANNEL, start: 0, stop: 0 }),
      () => true,
    );
    expect(response?.getStatus()).toBe(Status.FORBIDDEN);
  });

  test('a filtered block tells transactions and event names, and no contents', async () => {
    await alpha.submitTransaction('putWithEvent', 'seen', 'value');
    const [response] = await peerAnswers(peerClient.deliverFiltered(), { start: 'newest', stop: 'newest' });
    const block = response?.getFilteredBlock();
    const [transaction] = block?.getFilteredTransactionsList() ?? [];
    const event = transaction?.getTransactionActions()?.getChaincodeActionsList()[0]?.getChaincodeEvent();
    expect(block?.getChannelId()).toBe(CHANNEL);
    expect(transaction?.getTxValidationCode()).toBe(peer.TxValidationCode.VALID);
    expect(event?.getEventName()).toBe('written');
    expect(event?.getPayload_asU8().length).toBe(0);
  });

  test('private values come with a block to those who may see them', async () => {
    await alpha.submit('putPrivate', { arguments: ['alphaBeta', 'price'], transientData: { value: 'secret' } });
    const at = Number(network.engine.ledger.height) - 1;
    const privateOf = async (mspId: string): Promise<string> => {
      const { root, address } = network.connection(mspId);
      const client = new peer.DeliverClient(address, credentials.createSsl(root));
      const by = await network.organisation(mspId).signer('client');
      const [response] = await peerAnswers(client.deliverWithPrivateData(), { start: at, stop: at }, by);
      client.close();
      const values = response?.getBlockAndPrivateData()?.getPrivateDataMapMap().get(0);
      return Buffer.from(values?.serializeBinary() ?? []).toString('latin1');
    };
    expect(await privateOf('AlphaMSP')).toContain('secret');
    expect(await privateOf('BetaMSP')).toContain('secret');
    expect(await privateOf('GammaMSP')).toBe('');
  });

  test.each(['alphaBeta', 'open'])(
    'private values of collection %s are told to members alone, whichever peer is asked, though others may read by chaincode',
    async (name) => {
      await alpha.submit('putPrivate', { arguments: [name, 'price'], transientData: { value: `secret of ${name}` } });
      const at = Number(network.engine.ledger.height) - 1;
      const told = async (requester: string, askedPeer: string): Promise<boolean> => {
        const { root, address } = network.connection(askedPeer);
        const client = new peer.DeliverClient(address, credentials.createSsl(root));
        const by = await network.organisation(requester).signer('client');
        const responses = await peerAnswers(client.deliverWithPrivateData(), { start: at, stop: at }, by);
        client.close();
        expect(statusOf(responses)).toBe(Status.SUCCESS);
        expect(responses[0]?.getBlockAndPrivateData()?.getBlock()?.getHeader()?.getNumber()).toBe(at);
        return responses.some((response) => Buffer.from(response.serializeBinary()).includes(`secret of ${name}`));
      };
      for (const askedPeer of MSP_IDS) {
        expect([askedPeer, await told('GammaMSP', askedPeer)]).toEqual([askedPeer, false]);
        // A peer has what its own organisation holds; Gamma's has nothing to tell.
        expect([askedPeer, await told('BetaMSP', askedPeer)]).toEqual([askedPeer, askedPeer !== 'GammaMSP']);
      }
    },
  );

  test('a request dated beyond all dates, or not at all, is refused', async () => {
    const dated = (timestamp: Timestamp | undefined): common.Envelope => {
      const envelope = seekEnvelope(signer, { channel: CHANNEL, start: 0, stop: 0 });
      const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
      const bytes = payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array();
      const header = common.ChannelHeader.deserializeBinary(bytes);
      header.setTimestamp(timestamp);
      payload.getHeader()?.setChannelHeader(header.serializeBinary());
      envelope.setPayload(payload.serializeBinary());
      envelope.setSignature(signer.sign(envelope.getPayload_asU8()));
      return envelope;
    };
    for (const timestamp of [new Timestamp().setSeconds(9e15), undefined]) {
      const [response] = await exchange(peerClient.deliver(), dated(timestamp), () => true);
      expect(response?.getStatus()).toBe(Status.BAD_REQUEST);
    }
  });

  describe('an orderer', () => {
    const broadcast = async (envelope: common.Envelope): Promise<orderer.BroadcastResponse | undefined> =>
      (await exchange(ordererClient.broadcast(), envelope, () => true))[0];

    test('takes a transaction and orders it, though it may be found invalid', async () => {
      const before = network.engine.ledger.height;
      const committed = new Promise<readonly number[]>((resolve) => {
        network.engine.ledger.onCommit((block) => {
          resolve(block.validationCodes);
        });
      });
      const envelope = signedEnvelope(signer, CHANNEL, common.HeaderType.ENDORSER_TRANSACTION, Buffer.from('nothing'));
      expect((await broadcast(envelope))?.getStatus()).toBe(Status.SUCCESS);
      expect((await committed)[0]).not.toBe(peer.TxValidationCode.VALID);
      expect(network.engine.ledger.height).toBe(before + 1n);
    });

    test.each<[string, () => Promise<common.Envelope>, number, RegExp]>([
      [
        'a bad signature',
        async () => {
          const envelope = signedEnvelope(signer, CHANNEL, common.HeaderType.MESSAGE, Buffer.from('x'));
          envelope.setSignature(
            (await network.organisation('AlphaMSP').signer('client')).sign(envelope.getPayload_asU8()),
          );
          return envelope;
        },
        Status.FORBIDDEN,
        /permission denied$/,
      ],
      [
        'another channel',
        async () => Promise.resolve(signedEnvelope(signer, 'elsewhere', common.HeaderType.MESSAGE, Buffer.from('x'))),
        Status.BAD_REQUEST,
        /^channel does not exist$/,
      ],
      [
        'too large',
        async () => Promise.resolve(signedEnvelope(signer, CHANNEL, common.HeaderType.MESSAGE, Buffer.alloc(200_000))),
        Status.BAD_REQUEST,
        /^message payload is \d+ bytes and exceeds maximum allowed 100000 bytes$/,
      ],
      [
        'no headers',
        async () => Promise.resolve(new common.Envelope()),
        Status.BAD_REQUEST,
        /^could not determine channel ID/,
      ],
      [
        'a configuration',
        async () => Promise.resolve(signedEnvelope(signer, CHANNEL, common.HeaderType.CONFIG, Buffer.from('x'))),
        Status.BAD_REQUEST,
        /cannot be processed directly$/,
      ],
      [
        'a configuration update',
        async () => Promise.resolve(signedEnvelope(signer, CHANNEL, common.HeaderType.CONFIG_UPDATE, Buffer.from('x'))),
        Status.NOT_IMPLEMENTED,
        /^UNIMPLEMENTED/,
      ],
    ])('refuses %s', async (_what, make, expected, info) => {
      const response = await broadcast(await make());
      expect(response?.getStatus()).toBe(expected);
      expect(response?.getInfo()).toMatch(info);
    });
  });
});

describe('a channel that names who reads whole blocks', () => {
  let network: TestNetwork;

  beforeAll(async () => {
    network = await TestNetwork.start({ blockReaders: ['BetaMSP'] });
  });

  afterAll(async () => {
    await network.close();
  });

  const services = {
    deliver: (client: peer.DeliverClient) => client.deliver(),
    deliverWithPrivateData: (client: peer.DeliverClient) => client.deliverWithPrivateData(),
    deliverFiltered: (client: peer.DeliverClient) => client.deliverFiltered(),
  };

  const statusFor = async (mspId: string, service: keyof typeof services): Promise<number | undefined> => {
    // The peer of one that may ask, so that it is the requester who counts.
    const { root, address } = network.connection('BetaMSP');
    const client = new peer.DeliverClient(address, credentials.createSsl(root));
    const by = await network.organisation(mspId).signer('client');
    const responses = await exchange(
      services[service](client),
      seekEnvelope(by, { channel: CHANNEL, start: 'oldest', stop: 'newest' }),
      (response) => response.getTypeCase() === peer.DeliverResponse.TypeCase.STATUS,
    );
    client.close();
    const blocks = responses.length - 1;
    const last = responses.at(-1)?.getStatus();
    expect(blocks).toBe(last === Status.SUCCESS ? Number(network.engine.ledger.height) : 0);
    return last;
  };

  test.each(['deliver', 'deliverWithPrivateData'] as const)('%s is for them alone', async (service) => {
    expect(await statusFor('BetaMSP', service)).toBe(Status.SUCCESS);
    expect(await statusFor('AlphaMSP', service)).toBe(Status.FORBIDDEN);
  });

  test('filtered blocks are for every member', async () => {
    expect(await statusFor('AlphaMSP', 'deliverFiltered')).toBe(Status.SUCCESS);
  });

  test('who founds a channel says so: it is the same after the engine was started again', async () => {
    await network.restartEngine();
    expect(await statusFor('AlphaMSP', 'deliver')).toBe(Status.FORBIDDEN);
  });
});
