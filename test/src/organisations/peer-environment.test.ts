import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runCommand } from '@kessai/cli';
import { findFabricPrograms, whyNoFabric } from '@kessai/network';
import { expect, test } from '@jest/globals';
import { describeOnEngines, networkOf } from '../support/engines';

const missing = whyNoFabric();
const withPeer = missing === undefined ? test : test.skip;
const needed = missing === undefined ? '' : ` (not run: ${missing.message})`;

describeOnEngines('the environment of Fabric’s own peer command', (engine) => {
  const network = networkOf(engine, async () => Promise.resolve());

  async function environment(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
    let out = '';
    const streams = { out: { write: (text: string) => (out += text) }, err: { write: () => true } };
    const code = await runCommand(['env', ...words, '--dir', network.current.networkDirectory], streams);
    return { code, out };
  }

  /** Runs a command in a shell that has evaluated what `kessai env` printed, and has nothing else of Fabric's. */
  async function inShell(mspId: string, command: string): Promise<string> {
    const { out } = await environment(mspId);
    const { peer } = await findFabricPrograms();
    const env = { PATH: [join(peer.path, '..'), process.env['PATH'] ?? ''].join(':'), FABRIC_LOGGING_SPEC: 'fatal' };
    const { stdout } = await promisify(execFile)('/bin/sh', ['-e', '-c', `${out}\n${command}`], {
      env,
      timeout: 30_000,
    });
    return stdout;
  }

  test('is printed as lines that a shell takes as they stand', async () => {
    const { code, out } = await environment('AlphaMSP');
    expect(code).toBe(0);
    for (const line of out.trimEnd().split('\n')) expect(line).toMatch(/^(export (FABRIC|CORE)_[A-Z_]+=\S+|# .+)$/);
    expect(out.includes('runs no peer of Fabric')).toBe(engine.name === 'embedded');
  });

  test('is a document with --json, and says nothing for an organisation that is not there', async () => {
    const { out } = await environment('CsdMSP', '--json');
    expect(JSON.parse(out)).toMatchObject({ CORE_PEER_LOCALMSPID: 'CsdMSP', CORE_PEER_TLS_ENABLED: 'true' });
    const unknown = await environment('NobodyMSP', '--json');
    expect(unknown.code).toBe(1);
    expect(JSON.parse(unknown.out)).toMatchObject({ error: { code: 'OrganisationUnknown' } });
  });

  withPeer(`lets it see the channel, for a member and for an operator${needed}`, async () => {
    for (const mspId of ['AlphaMSP', 'CsdMSP']) {
      expect(await inShell(mspId, 'peer channel getinfo -c market')).toMatch(/"height":\d+/);
    }
  });

  withPeer(`lets it act as an administrator${needed}`, async () => {
    const found = await inShell('AlphaMSP', 'peer lifecycle chaincode queryinstalled --output json');
    expect(JSON.parse(found)).toMatchObject({ installed_chaincodes: [{ label: 'market_1' }] });
  });
});
