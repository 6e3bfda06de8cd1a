import { execFile, execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { NetworkError } from '../../directory/network-error';

export const FABRIC_PROGRAM_NAMES = ['peer', 'orderer'] as const;
export type FabricProgramName = (typeof FABRIC_PROGRAM_NAMES)[number];

/** A program of Hyperledger Fabric on this machine. */
export interface FabricProgram {
  readonly name: FabricProgramName;
  readonly path: string;
  /** For instance `3.1.5`. */
  readonly version: string;
}

export type FabricPrograms = Readonly<Record<FabricProgramName, FabricProgram>>;

/** In earlier versions SmartBFT could stop for good after the loss of a leader (hyperledger-labs/SmartBFT, issue 663). */
export const OLDEST_FABRIC = '3.1.5';

const VERSION = /^\s*Version:\s*v?(\S+)\s*$/m;
const ANSWER_MS = 10_000;

/**
 * Fabric's programs in the folder that FABRIC_BIN names or, without it, on the PATH.
 *
 * @throws NetworkError `FabricMissing`, `FabricTooOld`.
 */
export async function findFabricPrograms(environment: NodeJS.ProcessEnv = process.env): Promise<FabricPrograms> {
  const [peer, orderer] = await Promise.all([
    findFabricProgram('peer', environment),
    findFabricProgram('orderer', environment),
  ]);
  return { peer, orderer };
}

/** @throws NetworkError `FabricMissing`, `FabricTooOld`. */
export async function findFabricProgram(
  name: FabricProgramName,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<FabricProgram> {
  const path = locate(name, environment);
  try {
    const { stdout } = await promisify(execFile)(path, ['version'], { timeout: ANSWER_MS, env: environment });
    return checked(name, path, stdout);
  } catch (error) {
    throw mute(path, name, error);
  }
}

/** Why no native network can run here, for whoever cannot wait for an answer; undefined where one can. */
export function whyNoFabric(environment: NodeJS.ProcessEnv = process.env): NetworkError | undefined {
  for (const name of FABRIC_PROGRAM_NAMES) {
    try {
      const path = locate(name, environment);
      try {
        const options = { timeout: ANSWER_MS, env: environment, encoding: 'utf8', stdio: 'pipe' } as const;
        checked(name, path, execFileSync(path, ['version'], options));
      } catch (error) {
        throw mute(path, name, error);
      }
    } catch (error) {
      if (error instanceof NetworkError) return error;
      throw error;
    }
  }
  return undefined;
}

function locate(name: FabricProgramName, environment: NodeJS.ProcessEnv): string {
  const own = environment['FABRIC_BIN'] ?? '';
  const folders = own === '' ? (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '') : [own];
  const path = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (path === undefined) throw missing(name, own);
  return path;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The program by what it said of its version. */
function checked(name: FabricProgramName, path: string, said: string): FabricProgram {
  const version = VERSION.exec(said)?.[1] ?? 'unknown';
  if (!isAtLeast(version, OLDEST_FABRIC)) throw tooOld(name, path, version);
  return { name, path, version };
}

function mute(path: string, name: FabricProgramName, error: unknown): NetworkError {
  if (error instanceof NetworkError) return error;
  return new NetworkError(
    'FabricMissing',
    `${path} does not tell its version: ${error instanceof Error ? error.message : String(error)}`,
    `Install Hyperledger Fabric ${OLDEST_FABRIC} or later for this machine, and name its folder in FABRIC_BIN.`,
    { program: name, path },
    error,
  );
}

function missing(name: FabricProgramName, folder: string): NetworkError {
  const where = folder === '' ? 'on the PATH' : `in ${folder}, which FABRIC_BIN names`;
  return new NetworkError(
    'FabricMissing',
    `Hyperledger Fabric's program '${name}' is not ${where}`,
    `Install Hyperledger Fabric ${OLDEST_FABRIC} or later and put the folder of its programs on the PATH or in FABRIC_BIN; or use --engine embedded, which needs none.`,
    { program: name },
  );
}

function tooOld(name: FabricProgramName, path: string, version: string): NetworkError {
  return new NetworkError(
    'FabricTooOld',
    `${path} is of version ${version}; ${OLDEST_FABRIC} is the oldest that works, since orderers of earlier ones may stop for good when their leader is lost`,
    `Install Hyperledger Fabric ${OLDEST_FABRIC} or later, and name the folder of its programs in FABRIC_BIN.`,
    { program: name, path, version, needed: OLDEST_FABRIC },
  );
}

/** Whether a version is the other or a later one; one that is not three numbers is not. */
export function isAtLeast(version: string, oldest: string): boolean {
  const parts = numbersOf(version);
  if (parts === undefined) return false;
  // A release candidate comes before its release.
  const wanted = numbersOf(oldest) ?? [];
  for (const [index, part] of parts.entries()) {
    const other = wanted[index] ?? 0;
    if (part !== other) return part > other;
  }
  return !version.includes('-');
}

function numbersOf(version: string): readonly number[] | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)(?:-[0-9A-Za-z.-]+)?$/.exec(version);
  return found?.slice(1, 4).map(Number);
}
