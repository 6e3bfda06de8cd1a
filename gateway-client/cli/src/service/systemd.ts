import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { schedulers } from '../schedulers';
import { CommandError } from '../terminal/command-error';

/** Enough for what is under way to end, and for nodes that do not end when they are asked to. */
const stopSeconds = 120;
const restartSeconds = 10;
const answerMs = 150_000;

/** The unit of the network in a directory: one for each. */
export function unitOf(directory: string): string {
  return `kessai-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}.service`;
}

/** What systemd is told of the network in a directory. */
export function unitText(directory: string, environment: NodeJS.ProcessEnv = process.env): string {
  const kept = ['PATH', 'FABRIC_BIN', 'FABRIC_LOGGING_SPEC'].flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [`Environment=${quoted(`${name}=${value}`)}`];
  });
  const command = [process.execPath, schedulers.program, 'keep', '--dir', directory].map(word).join(' ');
  return `${[
    '# Written by kessai service install.',
    '[Unit]',
    `Description=Kessai network in ${escaped(directory)}`,
    '',
    '[Service]',
    'Type=exec',
    ...kept,
    `ExecStart=${command}`,
    'Restart=always',
    `RestartSec=${restartSeconds.toString()}`,
    // The keeper is told to end, and ends the nodes itself, one kind after another.
    'KillMode=mixed',
    `TimeoutStopSec=${stopSeconds.toString()}`,
    '',
    '[Install]',
    'WantedBy=default.target',
  ].join('\n')}\n`;
}

/** Writes a network's unit, and has systemd run it from now on. @throws CommandError SystemdUnavailable */
export async function installService(directory: string): Promise<{ readonly unit: string; readonly file: string }> {
  const unit = unitOf(directory);
  const file = join(folder(), unit);
  await systemctl('--version');
  await mkdir(folder(), { recursive: true });
  await writeFile(`${file}.new`, unitText(directory));
  await rename(`${file}.new`, file);
  try {
    await systemctl('daemon-reload');
    await systemctl('enable', '--now', unit);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  return { unit, file };
}

/** Has systemd stop a network, and removes its unit. @throws CommandError SystemdUnavailable */
export async function removeService(directory: string): Promise<{ readonly unit: string; readonly removed: boolean }> {
  const unit = unitOf(directory);
  const file = join(folder(), unit);
  if (!existsSync(file)) return { unit, removed: false };
  await systemctl('disable', '--now', unit);
  await rm(file, { force: true });
  await systemctl('daemon-reload');
  return { unit, removed: true };
}

function folder(): string {
  const configured = process.env['XDG_CONFIG_HOME'] ?? '';
  return join(configured === '' ? join(homedir(), '.config') : configured, 'systemd', 'user');
}

async function systemctl(...words: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)('systemctl', ['--user', ...words], {
      timeout: answerMs,
      env: process.env,
    });
  } catch (error) {
    const { stderr = '', message } = error as Error & { readonly stderr?: string };
    throw new CommandError(
      'SystemdUnavailable',
      `systemctl --user ${words.join(' ')} failed: ${stderr.trim() === '' ? message : stderr.trim()}`,
      'Use it where systemd runs for this user; elsewhere have whatever keeps programs running run: kessai keep',
      { command: `systemctl --user ${words.join(' ')}` },
    );
  }
}

/** A word of a command, in which systemd would put variables in. */
function word(text: string): string {
  return quoted(text).replaceAll('$', '$$$$');
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** systemd reads `%` in a unit as the beginning of a name, and `\` as that of a character. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('\n', '\\n');
}
