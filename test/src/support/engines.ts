import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import type { Engine } from '@kessai/network';
import { MarketNetwork } from './market-network';

/** An engine on which the scenarios run: each the same chaincode and the same client, over another network. */
export interface TestEngine {
  readonly name: Engine;
  /** Why it cannot run on this machine; undefined where it can. */
  unavailable(): string | undefined;
  /** A network with the market's chaincode on it, not founded. */
  start(): Promise<MarketNetwork>;
  /** Leaves an organisation's peer without its chaincode, so that it endorses nothing until the next deployment. */
  silence(network: MarketNetwork, mspId: string): Promise<void>;
  /** How much longer than the embedded engine it may take. */
  readonly patience: number;
}

const embedded: TestEngine = {
  name: 'embedded',
  unavailable: () => undefined,
  start: () => MarketNetwork.start(),
  silence: (network, mspId) =>
    network.restart((directory) => rm(join(directory, 'data', 'chaincodes', mspId), { recursive: true })),
  patience: 1,
};

/** The embedded engine is in the repository and always runs; what else is found runs too. */
export const engines: readonly TestEngine[] = [embedded];

const startMs = 60_000;

/** One suite on every engine. Where an engine is missing its tests are counted as skipped, with the reason in their name. */
export function describeOnEngines(title: string, suite: (engine: TestEngine) => void, on = engines): void {
  for (const engine of on) {
    const missing = engine.unavailable();
    const name = `${title} (engine ${engine.name}${missing === undefined ? '' : `, not run: ${missing}`})`;
    const define = missing === undefined ? describe : describe.skip;
    define(name, () => suite(engine));
  }
}

/** The network of a suite: started and prepared before its first test, gone after its last. */
export function networkOf(
  engine: TestEngine,
  prepare: (network: MarketNetwork) => Promise<void>,
): { readonly current: MarketNetwork } {
  let started: MarketNetwork | undefined;
  beforeAll(async () => {
    started = await engine.start();
    await prepare(started);
  }, startMs * engine.patience);
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
  }, startMs);
  return {
    get current() {
      if (!started) throw new Error('The network of this suite did not start');
      return started;
    },
  };
}
