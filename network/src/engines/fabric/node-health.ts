import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { NodeFiles } from '../../identities';
import { LOOPBACK } from '../../directory/free-ports';

const ANSWER_MS = 2_000;
const OK = 200;

/** Whether a Fabric node says at its operations endpoint that it is well. */
export async function saysHealthy(port: number, hostname: string, tlsRoot: string): Promise<boolean> {
  const ca = readFileSync(tlsRoot);
  return new Promise((resolve) => {
    const outgoing = request(
      { host: LOOPBACK, port, path: '/healthz', ca, servername: hostname, agent: false, timeout: ANSWER_MS },
      (incoming) => {
        incoming.resume();
        resolve(incoming.statusCode === OK);
      },
    );
    outgoing.on('error', () => {
      resolve(false);
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.end();
  });
}

/** Whether something listens on the port; on that of the loopback interface unless told. */
export async function accepts(port: number, host: string = LOOPBACK): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: ANSWER_MS });
    const answer = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => {
      answer(true);
    });
    socket.once('error', () => {
      answer(false);
    });
    socket.once('timeout', () => {
      answer(false);
    });
  });
}

/** Whether the node of the name, and nobody in its place, answers with TLS on the port of an address of this machine. */
export async function answersTls(
  port: number,
  hostname: string,
  { tlsRoot, tlsCertificate, tlsKey }: Pick<NodeFiles, 'tlsRoot' | 'tlsCertificate' | 'tlsKey'>,
  address: string = LOOPBACK,
): Promise<boolean> {
  const [ca, cert, key] = [tlsRoot, tlsCertificate, tlsKey].map((file) => readFileSync(file));
  return new Promise((resolve) => {
    const options = { ca, cert, key, servername: hostname, ALPNProtocols: ['h2'], timeout: ANSWER_MS };
    const socket = connectTls({ port, host: address, ...options });
    const answer = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('secureConnect', () => {
      answer(true);
    });
    socket.once('timeout', () => {
      answer(false);
    });
    socket.once('error', () => {
      answer(false);
    });
  });
}
