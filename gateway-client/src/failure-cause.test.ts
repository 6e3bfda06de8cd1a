import { type AddressInfo, type Socket, createServer } from 'node:net';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Market, connect } from './market';
import { selfSigned } from './tools/certificate';
import { StatusError } from './tools/fake-answers';
import { FakeGateway } from './tools/fake-gateway';

let gateway: FakeGateway;
const markets: Market[] = [];
const closing: (() => void)[] = [];

beforeEach(async () => {
  gateway = await FakeGateway.start();
});

afterEach(async () => {
  await Promise.all(markets.splice(0).map(async (market) => market.close()));
  for (const close of closing.splice(0)) close();
  await gateway[Symbol.asyncDispose]();
});

/** A program at a port of this machine, which does with whoever has said something what it is told. @returns where it is. */
async function listener(answer: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return `localhost:${(server.address() as AddressInfo).port.toString()}`;
}

type Change = Parameters<FakeGateway['profile']>[0];

/** What a query of the market ends with. */
async function told(change: Change = {}): Promise<{ readonly code: string; readonly message: string }> {
  const market = await connect(gateway.profile(change), { attempts: 1, deadlines: { evaluateMs: 3_000 } });
  markets.push(market);
  return market.registry.clock().then(
    () => {
      throw new Error('it was answered');
    },
    (error: unknown) => error as { readonly code: string; readonly message: string },
  );
}

/** The gateway answers every query with a status. */
function answers(code: status, message: string, nodes: Readonly<Record<string, string>> = {}): void {
  const said = Object.entries(nodes).map(([mspId, words]) => ({ mspId, message: words }));
  gateway.script.evaluate = () => {
    throw new StatusError(code, message, said);
  };
}

describe('why the market cannot be asked is told with the node, and not hidden behind "is it running?"', () => {
  test('TLS of another network', async () => {
    const { code, message } = await told({ tlsRootCert: selfSigned('another network').cert });
    expect(code).toBe('Unavailable');
    expect(message).toContain(gateway.profile().endpoint);
    expect(message).toMatch(/TLS certificate that the profile does not trust \(.+\)/);
    expect(message).not.toContain('Is it running');
  });

  test('TLS of another name', async () => {
    const gatewayOptions = { 'grpc.ssl_target_name_override': 'peer0.other.example' };
    expect((await told({ gatewayOptions })).message).toContain('TLS certificate that the profile does not trust');
  });

  test('a peer that does not run', async () => {
    const { code, message } = await told({ endpoint: '127.0.0.1:1' });
    expect(code).toBe('Unavailable');
    expect(message).toContain('Nothing listens at 127.0.0.1:1, where the peer of AlphaMSP should be');
  });

  test('a host that nobody knows', async () => {
    const { message } = await told({ endpoint: 'peer0.nowhere.invalid:7051' });
    expect(message).toContain('The host of peer0.nowhere.invalid:7051 is not known');
  });

  test('another program at the peer’s port', async () => {
    const endpoint = await listener((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await told({ endpoint })).message).toContain(`What listens at ${endpoint} does not speak TLS`);
  });

  test('a peer that takes the call and never answers', async () => {
    const endpoint = await listener(() => undefined);
    const { code, message } = await told({ endpoint });
    expect(code).toBe('Timeout');
    expect(message).toContain(`${endpoint}, the peer of AlphaMSP`);
  });

  test('an unknown channel', async () => {
    answers(
      status.UNAVAILABLE,
      'failed to get config for channel [market]: could not get last config for channel market',
    );
    expect((await told()).message).toContain('does not have the channel market');
  });

  test('an unknown channel of which the gateway says only that it knows no peers', async () => {
    answers(status.FAILED_PRECONDITION, 'no peers available to evaluate chaincode market in channel market');
    gateway.script.height = () => {
      throw new StatusError(status.UNAVAILABLE, 'failed to get config for channel [market]: channel does not exist');
    };
    expect((await told()).message).toContain('does not have the channel market');
  });

  test('a clock that is sixteen minutes off, at the own peer or at another one', async () => {
    const refused =
      'request unauthorized due to incorrect timestamp 2026-01-05T09:16:00Z, peer time 2026-01-05T09:00:00Z, peer.authentication.timewindow 15m0s';
    for (const mspId of ['AlphaMSP', 'CsdMSP']) {
      answers(status.FAILED_PRECONDITION, `evaluate call to endorser returned error: ${refused}`, { [mspId]: refused });
      const { message } = await told();
      expect(message).toContain(`The clock of this machine and that of the peer of ${mspId} differ`);
      expect(message).toContain('2026-01-05T09:16:00Z here and 2026-01-05T09:00:00Z there');
    }
  });

  test('an operator’s peer that is down: it is named, and the own one is said to answer', async () => {
    answers(status.UNAVAILABLE, 'failed to find any endorsing peers for org(s): CsdMSP');
    const { message } = await told();
    expect(message).toContain(`The peer of AlphaMSP at ${gateway.profile().endpoint} answers`);
    expect(message).toContain('no peer of CsdMSP');
  });

  test('an operator’s peer that the gateway cannot connect to', async () => {
    answers(status.UNAVAILABLE, 'failed to evaluate transaction, see attached details for more info', {
      CsdMSP: 'connection error: dial tcp 127.0.0.1:7051: connect: connection refused',
    });
    const { message } = await told();
    expect(message).toContain('these peers could not: CsdMSP (peer0.CsdMSP:7051): connection error');
    expect(message).not.toContain('Nothing listens');
  });

  test('what nobody knows is told as before', async () => {
    answers(status.UNAVAILABLE, 'the server is shutting down');
    expect((await told()).message).toContain('cannot be reached');
  });
});
