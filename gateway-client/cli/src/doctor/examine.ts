import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

/** One thing that a machine has or lacks. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'missing' | 'old';
  readonly found: string;
  readonly neededFor: string;
  /** Without it nothing runs. */
  readonly needed: boolean;
  readonly remedy?: string;
}

const leastNode = [20, 9] as const;
const leastFabric = [3, 1, 5] as const;
const lookMs = 5_000;

/** Everything that matters to a network on this machine; nothing is changed. */
export async function examine(): Promise<readonly Check[]> {
  return Promise.all([
    Promise.resolve(node(process.versions.node)),
    ports(),
    fabricProgram('peer'),
    fabricProgram('orderer'),
    Promise.resolve(networkInterface()),
    docker(),
  ]);
}

export function node(version: string): Check {
  const name = 'Node.js';
  const common = { name, found: version, neededFor: 'everything', needed: true };
  if (isAtLeast(version, leastNode)) return { ...common, state: 'ok' };
  return { ...common, state: 'old', remedy: `Install Node.js ${leastNode.join('.')} or later from nodejs.org.` };
}

async function ports(): Promise<Check> {
  const common = { name: 'Loopback ports', neededFor: 'every network', needed: true };
  try {
    const port = await listenOnce();
    return { ...common, state: 'ok', found: `port ${port} was free` };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { ...common, state: 'missing', found, remedy: 'Allow programs to listen on 127.0.0.1.' };
  }
}

async function listenOnce(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function fabricProgram(program: 'peer' | 'orderer'): Promise<Check> {
  const common = { name: `Fabric ${program}`, neededFor: 'native engine', needed: false };
  const folder = process.env['FABRIC_BIN'];
  const output = await outputOf(folder === undefined ? program : join(folder, program), ['version']);
  const version = /Version:\s*v?([0-9.]+)/.exec(output ?? '')?.[1];
  const remedy = `Put ${program} ${leastFabric.join('.')} or later on the PATH, or name its folder in FABRIC_BIN.`;
  if (version === undefined) return { ...common, state: 'missing', found: 'not found', remedy };
  if (!isAtLeast(version, leastFabric)) return { ...common, state: 'old', found: version, remedy };
  return { ...common, state: 'ok', found: version };
}

/** A peer looks for an address of its own that is not the loopback's, and does not start without one. */
function networkInterface(): Check {
  const common = { name: 'Network interface', neededFor: 'native engine', needed: false };
  const outer = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = outer.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found) return { ...common, state: 'ok', found: found.address };
  return {
    ...common,
    state: 'missing',
    found: 'only the loopback interface',
    remedy: 'Give the machine an IPv4 address beside 127.0.0.1: Fabric peers do not start without one.',
  };
}

async function docker(): Promise<Check> {
  const common = { name: 'Docker', neededFor: 'docker engine (a later version)', needed: false };
  const version = (await outputOf('docker', ['version', '--format', '{{.Server.Version}}']))?.trim();
  if (version !== undefined && version !== '') return { ...common, state: 'ok', found: version };
  return { ...common, state: 'missing', found: 'not found or not running', remedy: 'Install Docker and start it.' };
}

/** What a program prints, or undefined where it is not there or fails. */
async function outputOf(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: lookMs }, (error, stdout) => resolve(error ? undefined : stdout));
  });
}

/** Whether a dotted version is the least one or a later one. */
export function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  for (const [index, wanted] of least.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
