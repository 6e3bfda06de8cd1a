import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { childEnvironment } from '../../directory/child-environment';
import { endOfLog } from '../../directory/log-end';
import { fromRecord, NetworkError } from '../../directory/network-error';
import type { NetworkFiles } from '../../directory/network-files';
import { interruption, safePoint } from '../../interruption';
import type { EngineMessage } from '../../engines/embedded/process/engine-message';

const MAIN = join(__dirname, '..', '..', 'engines', 'embedded', 'process', 'main.js');
const START_MS = 60_000;

/**
 * Starts the engine as a process that outlives this one, and returns when it serves. Until then it ends with this one, so that a
 * killed `up` leaves nothing running.
 *
 * @throws NetworkError of the engine's own, or `EngineStartFailed` with the end of its log.
 */
export async function startEngineProcess(files: NetworkFiles, chaincodeProgram: string | undefined): Promise<number> {
  safePoint();
  mkdirSync(dirname(files.engineLog), { recursive: true });
  const log = openSync(files.engineLog, 'a');
  const program = chaincodeProgram === undefined ? [] : [chaincodeProgram];
  const child = spawn(process.execPath, [MAIN, files.directory, ...program], {
    detached: true,
    env: childEnvironment(),
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  // Before others clear up at this process's end: what it writes to is theirs to remove.
  process.prependOnceListener('exit', kill);
  try {
    await readiness(child, files);
  } catch (error) {
    kill();
    throw error;
  } finally {
    process.off('exit', kill);
    if (child.connected) child.disconnect();
    child.removeAllListeners();
    child.unref();
  }
  return child.pid ?? 0;
}

async function readiness(child: ChildProcess, files: NetworkFiles): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(startFailed(files, `it was not ready after ${(START_MS / 1_000).toString()} seconds`));
    }, START_MS);
    const interrupted = interruption();
    const giveUp = (): void => {
      settle(() => {
        reject(interrupted?.reason as Error);
      });
    };
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      interrupted?.removeEventListener('abort', giveUp);
      outcome();
    };
    interrupted?.addEventListener('abort', giveUp);
    child.once('error', (error) => {
      settle(() => {
        reject(startFailed(files, error.message));
      });
    });
    child.once('exit', (code, signal) => {
      settle(() => {
        reject(startFailed(files, `it ended (${signal ?? `exit code ${String(code)}`})`));
      });
    });
    child.once('message', (message) => {
      const said = message as EngineMessage;
      settle(() => {
        if ('ready' in said) resolve();
        else reject(fromRecord(said.failed));
      });
    });
  });
}

function startFailed(files: NetworkFiles, reason: string): NetworkError {
  const lines = endOfLog(files.engineLog);
  const end = lines.length === 0 ? '' : `\nThe end of its log:\n${lines.join('\n')}`;
  return new NetworkError(
    'EngineStartFailed',
    `the engine did not start: ${reason}${end}`,
    `Read ${files.engineLog}, mend what it names, then run up again.`,
    { log: files.engineLog, lines },
  );
}
