import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NetworkStanding, down, purge, standingOf } from '@kessai/network';
import { expect } from '@jest/globals';
import { type Ended, type Stroke, type Surroundings, kessai, processesOf, toldCommands, typed } from './kessai-process';

export const nightly = process.env['KESSAI_NIGHTLY'] === '1';
export const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long a command runs before it can be told anything: until then nothing is begun. */
const startMs = 400;
/** The second signal comes so long after the first one. */
const secondMs = 700;
/** The snapshot that is there before every command. */
const kept = 'kept';

/** A command that is signalled as it runs. */
export interface SignalledCommand {
  readonly words: (network: string) => readonly string[];
  /** In what state the network is before it. */
  readonly on: 'nothing' | 'stopped' | 'running';
  /** Removes what it makes once, so that it can be done again. */
  readonly again?: (place: SignalledNetwork) => Promise<unknown>;
  /** Whether it is done, when it was completed. */
  readonly done: (place: SignalledNetwork) => boolean;
}

/** A place for networks whose commands are signalled: its path needs quotes in a shell. */
export class SignalledNetwork {
  readonly parent = realpathSync(mkdtempSync(join(tmpdir(), 'kessai signals-')));
  readonly directory = join(this.parent, 'the network');
  readonly where: Surroundings = { cwd: this.parent, temporary: join(this.parent, 'temporary') };
  readonly #up: readonly string[];

  /** @param up further words of the `up` that makes the network. */
  constructor(up: readonly string[] = []) {
    this.#up = up;
    mkdirSync(this.where.temporary);
  }

  get standing(): NetworkStanding {
    return standingOf(this.directory);
  }

  /** Runs a command on the network, which is to succeed. */
  async must(...words: readonly string[]): Promise<void> {
    expect(await kessai([...words, '--dir', this.directory], this.where)).toMatchObject({ code: 0 });
  }

  /** Brings the network to the state that a command begins with. */
  async bringTo(on: SignalledCommand['on']): Promise<void> {
    const isMade = existsSync(join(this.directory, 'snapshots', kept));
    if (on === 'nothing' || !isMade) {
      await down({ directory: this.directory });
      await purge({ directory: this.directory });
    }
    if (on === 'nothing') return;
    if (!isMade) {
      await this.must('up', ...this.#up);
      await this.must('deploy');
      await this.must('snapshot', kept);
    }
    if (on === 'running') await this.must('up');
    else await down({ directory: this.directory });
  }

  /** Runs a command to its end, and then again and again with signals at moments spread over what that took. @param turn its number among the commands. */
  async strikeThroughout(command: SignalledCommand, turn: number): Promise<void> {
    await this.bringTo(command.on);
    await command.again?.(this);
    const { elapsedMs, code } = await kessai(command.words(this.directory), this.where);
    expect(code).toBe(0);
    for (const strokes of strokesOver(elapsedMs, turn)) await this.strike(command, strokes);
  }

  /** Runs a command with signals at the strokes, and checks how it has ended. */
  async strike(command: SignalledCommand, strokes: readonly Stroke[]): Promise<void> {
    await this.bringTo(command.on);
    await command.again?.(this);
    const before = this.standing;
    const ended = await kessai(command.words(this.directory), this.where, strokes);
    await this.#checkLeft();
    // The signal came before the command had begun.
    if (ended.code === null) expect(this.standing).toEqual(before);
    else if (ended.code !== 0) await this.#checkSaid(ended, before);
    if (ended.code !== null) expect({ done: command.done(this), said: ended.err }).toMatchObject({ done: true });
  }

  /** No temporary folder is left, nor one beside the network or in it; and no process that the network does not know of. */
  async #checkLeft(): Promise<void> {
    expect(readdirSync(this.where.temporary)).toEqual([]);
    const places = [this.parent, join(this.directory, 'snapshots')].filter((place) => existsSync(place));
    expect(places.flatMap((place) => readdirSync(place)).filter((name) => name.includes('making'))).toEqual([]);
    const { running, schedulers } = this.standing;
    // What the network runs knows of this place too.
    if (running + schedulers === 0) expect(await processesOf(this.parent)).toEqual([]);
  }

  /** What it has changed is said with a command about it, and the commands that are said complete it. */
  async #checkSaid({ out, err }: Ended, before: NetworkStanding): Promise<void> {
    expect(out + err).not.toContain('not foreseen');
    const told = toldCommands(err);
    const aims = [...told.keys()];
    const now = this.standing;
    if (now.running < before.running) expect(aims).toContain('start what does not run');
    if (now.running > before.running) expect(aims).toContain('end what runs');
    if (now.made && !before.made) expect(aims).toContain('remove it');
    // It may have been done all but for its last word: then that is said.
    if (!err.includes('The snapshot taken is complete.')) expect(aims).toContain('complete it');
    for (const [aim, line] of told) {
      if (aim === 'remove it' || aim === 'end what runs') continue;
      expect(await typed(line, this.where)).toMatchObject({ code: 0 });
    }
  }

  async remove(): Promise<void> {
    await down({ directory: this.directory });
    rmSync(this.parent, { recursive: true, force: true });
  }
}

/**
 * Signals spread over a command's run: by night ten moments of each signal, once and twice; by day one, which is another one for each
 * command.
 *
 * @param turn the number of the command.
 */
function strokesOver(elapsedMs: number, turn: number): readonly (readonly Stroke[])[] {
  const at = (part: number): number => startMs + (elapsedMs - startMs) * part;
  const struck = (signal: NodeJS.Signals, atMs: number): readonly Stroke[] => [{ signal, atMs }];
  if (!nightly) {
    const once = struck(signals[turn % signals.length] ?? 'SIGINT', at(turn % 2 === 0 ? 0.35 : 0.65));
    return [turn % 4 < 2 ? once : again(once)];
  }
  return Array.from({ length: 10 }, (_, moment) => at((moment + 0.5) / 10)).flatMap((atMs) =>
    signals.flatMap((signal) => [struck(signal, atMs), again(struck(signal, atMs))]),
  );
}

/** The same signals, and the last of them once more. */
function again(strokes: readonly Stroke[]): readonly Stroke[] {
  return [...strokes, ...strokes.slice(-1).map(({ signal, atMs }) => ({ signal, atMs: atMs + secondMs }))];
}
