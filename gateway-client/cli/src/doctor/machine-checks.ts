import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { freemem, networkInterfaces } from 'node:os';
import { dirname, resolve } from 'node:path';
import { ENGINES } from '@kessai/network';
import { type Check, type Subject, fine, wanting } from './check';

const leastNode = [20, 9] as const;
const lookMs = 5_000;
const mebibyte = 1024 * 1024;
// A network of the ten organisations that ship takes this much before it has a ledger to speak of.
const leastDisk = 1_024 * mebibyte;
const leastMemory = 2_560 * mebibyte;
// A peer keeps the files of its databases open, and a connection to every other peer.
const leastHandles = 4_096;
const processEngines = ['native'] as const;
const fabricEngines = ['native', 'docker'] as const;

export function node(version: string): Check {
  const subject = { name: 'Node.js', engines: ENGINES, needed: true };
  if (isAtLeast(version, leastNode)) return fine(subject, version);
  return wanting(subject, 'old', version, `Install Node.js ${leastNode.join('.')} or later from nodejs.org.`);
}

export async function loopback(): Promise<Check> {
  const subject = { name: 'Loopback ports', engines: ENGINES, needed: true };
  try {
    return fine(subject, `port ${await listenOnce()} was free`);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return wanting(subject, 'missing', found, 'Allow programs to listen on 127.0.0.1.');
  }
}

async function listenOnce(): Promise<number> {
  return new Promise((done, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export async function disk(directory: string): Promise<Check> {
  let place = resolve(directory);
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  const subject = { name: 'Free disk space', engines: ENGINES, needed: false };
  const { bavail, bsize } = await statfs(place);
  const remedy = `Free ${leastDisk / mebibyte} MiB on the disk of ${place}, or choose another one with --dir.`;
  return enough(subject, bavail * bsize, leastDisk, remedy);
}

export function memory(free: number = freemem()): Check {
  const subject = { name: 'Free memory', engines: fabricEngines, needed: false };
  const remedy =
    'End other programs, or run a topology of fewer organisations with --topology: ten of them take 2.5 GiB, four 1 GiB.';
  return enough(subject, free, leastMemory, remedy);
}

function enough(subject: Subject, free: number, least: number, remedy: string): Check {
  const found = `${Math.floor(free / mebibyte)} MiB`;
  return free >= least ? fine(subject, found) : wanting(subject, 'low', found, remedy);
}

/** How many files a program started here may have open. */
export async function fileHandles(): Promise<Check> {
  const subject = { name: 'Open files', engines: processEngines, needed: false };
  const limit = (await outputOf('/bin/sh', ['-c', 'ulimit -n']))?.trim() ?? '';
  if (limit === 'unlimited' || Number(limit) >= leastHandles) return fine(subject, limit);
  const remedy = `Raise the limit in the shell that runs kessai: ulimit -n ${leastHandles}.`;
  return wanting(subject, 'low', limit === '' ? 'not known' : limit, remedy);
}

/** The native engine starts its processes, and peers their builder, through it. */
export function shell(file = '/bin/sh'): Check {
  const subject = { name: 'POSIX shell', engines: processEngines, needed: true };
  try {
    accessSync(file, constants.X_OK);
    return fine(subject, file);
  } catch {
    const remedy = 'Use Linux, macOS or the Windows Subsystem for Linux.';
    return wanting(subject, 'missing', `there is no ${file}`, remedy);
  }
}

/** A peer looks for an address of its own that is not the loopback's, and does not start without one. */
export function networkInterface(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): Check {
  const subject = { name: 'Network interface', engines: processEngines, needed: true };
  const outer = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const found = outer.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found) return fine(subject, found.address);
  const remedy = 'Give the machine an IPv4 address beside 127.0.0.1: Fabric peers do not start without one.';
  return wanting(subject, 'missing', 'only the loopback interface', remedy);
}

/** What a program prints, or undefined where it is not there or fails. */
export async function outputOf(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((done) => {
    execFile(program, [...args], { timeout: lookMs }, (error, stdout) => done(error ? undefined : stdout));
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
