import { ChannelCredentials, logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { TlsFiles } from './renewed-tls';
import { type RunningServer, serve } from './server';
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

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ten seconds: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
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

  test('takes renewed certificates without a restart, and only such as go together', async () => {
    if (!service || !peerIdentity || !stranger) throw new Error('unreachable');
    const renewed = identityOf({ name: 'chaincode', units: [] });
    const before = { key: service.key, certificate: service.certificate, clientAuthority: peerIdentity.certificate };
    let files: TlsFiles = before;
    const notes: string[] = [];
    server = await serve(
      chaincode,
      { packageId: 'market:1', address: '127.0.0.1:0', tls: before, readTls: () => files },
      (_, text) => notes.push(text),
    );
    const { port } = server;
    const as = (peerOf: typeof peerIdentity, authority: Buffer) =>
      ChannelCredentials.createSsl(authority, peerOf.key, peerOf.certificate, { checkServerIdentity: () => undefined });
    const standing = await ScriptedPeer.connect(port, { credentials: as(peerIdentity, service.certificate) });

    // Half of it is written: another key than the certificate's.
    files = { ...before, certificate: renewed.certificate };
    await until(() => notes.some((note) => note.includes('cannot be taken')));
    expect(await connects(port, as(peerIdentity, service.certificate))).toBe(true);

    files = { key: renewed.key, certificate: renewed.certificate, clientAuthority: stranger.certificate };
    await until(() => notes.some((note) => note.includes('renewed certificate is shown')));
    expect(await connects(port, as(stranger, renewed.certificate))).toBe(true);
    expect(await connects(port, as(peerIdentity, renewed.certificate))).toBe(false);
    expect(await connects(port, as(stranger, service.certificate))).toBe(false);

    // A peer that was connected before goes on.
    await standing.keepalive();
    standing.close();
  }, 20_000);

  test('does not start with a key that is not its certificate’s', async () => {
    if (!service || !peerIdentity || !stranger) throw new Error('unreachable');
    const files = { key: stranger.key, certificate: service.certificate, clientAuthority: peerIdentity.certificate };
    await expect(serveWith(files)).rejects.toThrow();
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
