import { ChannelCredentials, logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type RunningServer, type TlsFiles, serve } from './server';
import { identityOf } from './tools/certificates';
import { ScriptedPeer } from './tools/scripted-peer';

const chaincode = { Init: () => Promise.reject(new Error()), Invoke: () => Promise.reject(new Error()) };
const [service, peerIdentity, stranger] = ['chaincode', 'peer0', 'stranger'].map((name) =>
  identityOf({ name, units: [] }),
);
let server: RunningServer | undefined;

async function serveWith(tls: TlsFiles | undefined): Promise<number> {
  server = await serve(chaincode, { packageId: 'market:1', address: '127.0.0.1:0', tls });
  return server.port;
}

async function connects(port: number, credentials: ChannelCredentials): Promise<boolean> {
  try {
    (await ScriptedPeer.connect(port, { credentials })).close();
    return true;
  } catch {
    return false;
  }
}

// A taken address is what one test is about.
setLogVerbosity(logVerbosity.NONE);

afterEach(() => server?.close());

describe('the service', () => {
  test('with TLS serves a peer that shows a certificate of the authority, and nobody else', async () => {
    if (!service || !peerIdentity || !stranger) throw new Error('unreachable');
    const { certificate, key } = service;
    const port = await serveWith({ key, certificate, clientAuthority: peerIdentity.certificate });
    const withIdentity = (identity?: { readonly key: Buffer; readonly certificate: Buffer }) =>
      ChannelCredentials.createSsl(certificate, identity?.key ?? null, identity?.certificate ?? null, {
        checkServerIdentity: () => undefined,
      });
    expect(await connects(port, withIdentity(peerIdentity))).toBe(true);
    expect(await connects(port, withIdentity(stranger))).toBe(false);
    expect(await connects(port, withIdentity())).toBe(false);
    expect(await connects(port, ChannelCredentials.createInsecure())).toBe(false);
  });

  test('says so where its address is taken', async () => {
    const port = await serveWith(undefined);
    const second = serve(chaincode, {
      packageId: 'market:1',
      address: `127.0.0.1:${port.toString()}`,
      tls: undefined,
    });
    await expect(second).rejects.toThrow();
  });
});
