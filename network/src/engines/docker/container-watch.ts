import type { NetworkFiles } from '../../directory/network-files';
import { runCommand } from './docker-command';
import { containersOf } from './containers';
import type { Container } from './containers';

/** Each question to Docker starts a program: many waiters share its answer. */
const FRESH_MS = 1_000;
const LOG_LINES = '20';

/** What Docker tells of a network's containers. */
export class ContainerWatch {
  static readonly #watches = new WeakMap<NetworkFiles, ContainerWatch>();
  readonly #files: NetworkFiles;
  #answer: Promise<readonly Container[]> | undefined;
  #askedAt = 0;

  private constructor(files: NetworkFiles) {
    this.#files = files;
  }

  /** The one watch of a network that whoever waits for its nodes shares. */
  static of(files: NetworkFiles): ContainerWatch {
    const watch = this.#watches.get(files) ?? new ContainerWatch(files);
    this.#watches.set(files, watch);
    return watch;
  }

  /** Whether the node's container runs. One that ends again and again, and is started again by Docker, does not. */
  runs = async (name: string): Promise<boolean> => (await this.#find(name))?.state === 'running';

  endOfLog = async (name: string): Promise<readonly string[]> => {
    const container = await this.#find(name);
    if (container === undefined) return [];
    const end = await runCommand('docker', ['logs', '--tail', LOG_LINES, container.id]);
    const text = end === undefined ? '' : `${end.output}${end.errors}`.trimEnd();
    return text === '' ? [] : text.split('\n');
  };

  whereLog = async (name: string): Promise<string> => {
    const container = await this.#find(name);
    return container === undefined ? `the log of ${name}` : `the output of: docker logs ${container.id.slice(0, 12)}`;
  };

  /** After containers were started, or started again: an answer from before would have them taken for ended. */
  forget(): void {
    this.#answer = undefined;
  }

  async #find(name: string): Promise<Container | undefined> {
    return (await this.#containers()).find((container) => container.name === name);
  }

  async #containers(): Promise<readonly Container[]> {
    const now = Date.now();
    if (this.#answer === undefined || now - this.#askedAt > FRESH_MS) {
      this.#askedAt = now;
      this.#answer = containersOf(this.#files);
    }
    return this.#answer;
  }
}
