import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Profile, cyclesOf, publicBlocks } from '@kessai/gateway-client';
import { PlainGateway } from '../support/plain-gateway';
import { until } from '../support/until';

const startMs = 30_000;

/** What the command says when it begins to follow the ledger. */
const followsText = 'reading from block';

interface RunningProcess {
  readonly child: ChildProcess;
  follows: boolean;
}

/** `kessai operate` for operators of a network, each a process of its own, as `kessai up` starts them. */
export class SchedulerProcesses implements AsyncDisposable {
  readonly #directory: string;
  readonly #running = new Map<string, RunningProcess>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Those that run. */
  get operators(): readonly string[] {
    return [...this.#running.keys()];
  }

  start(mspId: string): void {
    if (this.#running.has(mspId)) return;
    const args = [program(), 'operate', '--as', mspId, '--dir', this.#directory];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const running: RunningProcess = { child, follows: false };
    child.stderr.setEncoding('utf8').on('data', (text: string) => (running.follows ||= text.includes(followsText)));
    this.#running.set(mspId, running);
  }

  /** Resolves when all that were started follow the ledger, so that each can take over. */
  async follow(): Promise<void> {
    const running = [...this.#running.values()];
    await until(startMs, 'the schedulers to follow the ledger', () => running.every(({ follows }) => follows));
  }

  /** Ends one without a warning. */
  async kill(mspId: string): Promise<void> {
    const running = this.#running.get(mspId);
    if (!running) throw new Error(`${mspId} has no scheduler`);
    this.#running.delete(mspId);
    const { child } = running;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Holds one up, as a machine that is suspended. Whatever it was about to send, it sends when it goes on. */
  holdUp(mspId: string): void {
    this.#running.get(mspId)?.child.kill('SIGSTOP');
  }

  goOn(mspId: string): void {
    this.#running.get(mspId)?.child.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.operators.map(async (mspId) => this.kill(mspId)));
  }
}

/** The command, where its package has it. */
function program(): string {
  const main = createRequire(__filename).resolve('@kessai/cli');
  return join(dirname(main), '..', 'bin', 'kessai.js');
}

/** Blocks among which there is a cycle, where cycles are made. */
const recently = 30n;

/** The operator whose scheduler made the last cycle. */
export async function lastMaker(profile: Profile): Promise<string> {
  using plain = new PlainGateway(profile);
  const height = await plain.height();
  let maker: string | undefined;
  for await (const block of publicBlocks(profile, { startBlock: height > recently ? height - recently : 0n })) {
    maker = cyclesOf(block, profile.chaincode).at(-1)?.creator ?? maker;
  }
  if (maker === undefined) throw new Error('No cycle was made lately');
  return maker;
}
