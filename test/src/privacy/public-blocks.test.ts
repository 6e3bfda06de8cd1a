import * as grpc from '@grpc/grpc-js';
import { common, orderer } from '@hyperledger/fabric-protos';
import { expect, test } from '@jest/globals';
import { connect } from '@kessai/gateway-client';
import { openNetwork } from '@kessai/network';
import { ClientIdentity } from '../conformance/client-identity';
import { collected } from '../conformance/collected';
import { seek } from '../conformance/seek';
import { describeOnEngines, embeddedByDay, networkOf } from '../support/engines';
import { foundMarket, fund } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';

type Stream = grpc.ClientDuplexStream<common.Envelope, orderer.DeliverResponse>;

const secret = 'HIMITSU-ACCOUNT';

/** What the documentation says that everybody on the channel sees, and what it says that nobody does. */
describeOnEngines(
  'any member of the channel',
  (engine) => {
    const network = networkOf(engine, async (started) => {
      await foundMarket(started);
      await fund(started, 'fund', [{ institution: 'AlphaMSP', account: secret, name: secret, money: 1_000n }]);
    });

    /** Blocks as a peer keeps them, for a member of Gamma, which has no part in what happened. */
    async function blocksAt(mspId: string): Promise<readonly common.Block[]> {
      const { endpoint, tlsRootCert, gatewayOptions } = network.current.profile(mspId);
      const asked = { ...network.current.profile('GammaMSP'), endpoint, tlsRootCert };
      using plain = new PlainGateway(gatewayOptions ? { ...asked, gatewayOptions } : asked);
      const blocks: common.Block[] = [];
      for await (const block of plain.blocks()) blocks.push(block);
      return blocks;
    }

    /** The same from an orderer. */
    async function blocksOfOrderer(to: number): Promise<readonly common.Block[]> {
      const { record } = openNetwork(network.current.networkDirectory);
      const [ordering] = record.topology.organisations.filter((one) => one.orderer !== undefined);
      const hostname = ordering?.orderer?.hostname ?? '';
      const { tlsRootCert } = network.current.profile(ordering?.mspId ?? '');
      const client = new orderer.AtomicBroadcastClient(
        `localhost:${String(record.ports[hostname])}`,
        grpc.credentials.createSsl(Buffer.from(tlsRootCert)),
        { 'grpc.ssl_target_name_override': hostname },
      );
      try {
        const stream = client.deliver() as unknown as Stream;
        const profile = network.current.profile('GammaMSP');
        stream.write(await seek(new ClientIdentity(profile), profile.channel, { from: 0, to }));
        const answers = await collected<orderer.DeliverResponse>('the end of the blocks', stream, (all) => {
          return all.at(-1)?.getTypeCase() === orderer.DeliverResponse.TypeCase.STATUS;
        });
        return answers.flatMap((answer) => answer.getBlock() ?? []);
      } finally {
        client.close();
      }
    }

    const content = (blocks: readonly common.Block[]): readonly string[] =>
      blocks.map((block) => Buffer.from(block.getData()?.serializeBinary() ?? []).toString('base64'));

    test('reads whole blocks: at its own peer, at an operator’s, and from an orderer', async () => {
      const own = content(await blocksAt('GammaMSP'));
      expect(own.length).toBeGreaterThan(5);
      expect(content(await blocksAt('CsdMSP'))).toEqual(own);
      expect(content(await blocksOfOrderer(own.length - 1))).toEqual(own);
    });

    test('finds in them who sent and endorsed what, when, which functions and collections, and nothing of a request', async () => {
      const text = Buffer.concat((await blocksAt('GammaMSP')).map((block) => block.serializeBinary())).toString(
        'latin1',
      );
      for (const shown of ['Market:Instruct', 'Market:Cycle', 'AlphaMSP_inbox', 'TrustBankMSP', 'JPY@TrustBankMSP']) {
        expect(text).toContain(shown);
      }
      expect(text).not.toContain(secret);
    });

    test('is given no stream of whole blocks by a peer, since private data go with that', async () => {
      const market = await connect(network.current.profile('GammaMSP'));
      try {
        const first = market.events.blocks({ startBlock: 0n })[Symbol.asyncIterator]().next();
        await expect(first).rejects.toMatchObject({ code: 'GatewayRefused' });
      } finally {
        await market.close();
      }
    });
  },
  embeddedByDay,
);
