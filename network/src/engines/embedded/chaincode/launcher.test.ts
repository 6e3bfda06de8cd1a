import { once } from 'node:events';
import { type AddressInfo, type Server as TcpServer, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { peer } from '@hyperledger/fabric-protos';
import { afterEach, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../../directory/free-ports';
import { poll } from '../../../poll';
import { ChaincodeLauncher } from './launcher';
import type { ChaincodeStream } from './stream';
import type { ChaincodeCall } from './transaction';

const PACKAGE = 'market:1';
const DIAL_MS = 2_000;
const { Type } = peer.ChaincodeMessage;

type Chat = ServerDuplexStream<peer.ChaincodeMessage, peer.ChaincodeMessage>;

let closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing) close();
  closing = [];
});

async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1, new Set());
  return port;
}

function launcherTo(port: number): ChaincodeLauncher {
  const connection = { address: `127.0.0.1:${port.toString()}`, dialTimeout_ms: DIAL_MS, tls: undefined };
  const launcher = new ChaincodeLauncher(PACKAGE, connection, () => Promise.reject(new Error('calls nobody')));
  closing.push(() => {
    launcher.close();
  });
  return launcher;
}

/** A service that registers, and answers a transaction where it is told to. */
async function serve(port: number, answers: boolean): Promise<Chat[]> {
  const chats: Chat[] = [];
  const server = new Server();
  server.addService(peer.ChaincodeService, {
    connect: (chat: Chat) => {
      chats.push(chat);
      chat.on('error', () => undefined);
      chat.on('data', (message: peer.ChaincodeMessage) => {
        if (!answers || message.getType() !== Type.TRANSACTION) return;
        message.setType(Type.COMPLETED);
        chat.write(message);
      });
      const id = new peer.ChaincodeID();
      id.setName(PACKAGE);
      const register = new peer.ChaincodeMessage();
      register.setType(Type.REGISTER);
      register.setPayload(id.serializeBinary());
      chat.write(register);
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port.toString()}`, ServerCredentials.createInsecure(), (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  closing.push(() => {
    server.forceShutdown();
  });
  return chats;
}

async function execute(stream: ChaincodeStream): Promise<peer.ChaincodeMessage> {
  const message = new peer.ChaincodeMessage();
  message.setType(Type.TRANSACTION);
  message.setTxid('1');
  const call: Pick<ChaincodeCall, 'busy' | 'end'> = { busy: false, end: () => Promise.resolve() };
  return stream.execute(call as ChaincodeCall, message, 30_000);
}

describe('the launcher of a chaincode service', () => {
  test('fails at once what a service that has ended did not answer, and opens another stream', async () => {
    const port = await freePort();
    const chats = await serve(port, false);
    const launcher = launcherTo(port);
    const first = await launcher.ready();
    const unanswered = execute(first);
    launcher.serviceEnded();
    await expect(unanswered).rejects.toThrow('chaincode stream terminated');
    expect(first.ended).toBe(true);
    const second = await launcher.ready();
    expect(second).not.toBe(first);
    expect(chats).toHaveLength(2);
  });

  test('finds by itself a service that comes back', async () => {
    const port = await freePort();
    const chats = await serve(port, true);
    const launcher = launcherTo(port);
    await launcher.ready();
    chats[0]?.end();
    expect(await poll(5_000, () => chats.length === 2)).toBe(true);
    expect((await execute(await launcher.ready())).getType()).toBe(Type.COMPLETED);
    expect(chats).toHaveLength(2);
  });

  test('opens one stream, whoever waits for a service that is not there yet', async () => {
    const port = await freePort();
    const launcher = launcherTo(port);
    const waiting = [launcher.ready(), launcher.ready()];
    await wait(300);
    const chats = await serve(port, true);
    const [first, second] = await Promise.all(waiting);
    expect(second).toBe(first);
    expect(chats).toHaveLength(1);
  });

  test('says after the dial timeout that it cannot be reached, and leaves no connection that goes on trying', async () => {
    const port = await freePort();
    const launcher = launcherTo(port);
    await expect(launcher.ready()).rejects.toThrow(
      /^could not launch chaincode market:1: .* 14 UNAVAILABLE: No connection established/,
    );
    const connections = await countConnections(port, 3_000);
    expect(connections).toBeLessThanOrEqual(1);
  });
});

/** How many connect in so long to a port on which nothing listened before. */
async function countConnections(port: number, during_ms: number): Promise<number> {
  let connections = 0;
  const server: TcpServer = createServer((socket) => {
    connections += 1;
    closing.push(() => {
      socket.destroy();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect((server.address() as AddressInfo).port).toBe(port);
  await wait(during_ms);
  server.close();
  return connections;
}
