import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { type Engine, type Organisation, readTopology, whyNoDocker, whyNoFabric } from '@kessai/network';
import { EmbeddedRunning } from './embedded-running';
import { MarketNetwork } from './market-network';
import { OperatedRunning } from './operated-running';

/** An engine on which the scenarios run: each the same chaincode and the same client, over another network. */
export interface TestEngine {
  readonly name: Engine;
  /** Why it cannot run on this machine; undefined where it can. */
  unavailable(): string | undefined;
  /**
   * A network with the market's chaincode on it, not founded; of all organisations of the market unless fewer are given.
   * @param chaincodeProgram another one than the market's, where the engine can run it.
   */
  start(organisations?: readonly Organisation[], chaincodeProgram?: string): Promise<MarketNetwork>;
  /** Of whom the networks of suites are made that do not say it; undefined: of the whole market, everybody with nodes. */
  readonly usual?: readonly Organisation[] | undefined;
  /** How much longer than the embedded engine on a quiet machine it may take. */
  readonly patience: number;
}

/** KESSAI_PATIENCE multiplies every limit, for a machine that has much else to do. */
const patience = Number(process.env['KESSAI_PATIENCE'] ?? 1);

/** Hosted where a suite does not need their nodes, each of which takes real Fabric a second to start. So both ways to belong are tried. */
const hosted = ['GammaMSP', 'TrustBankMSP', 'ShinEtsuMSP', 'KeyenceMSP'];
const withFewNodes = readTopology().organisations.map((one) =>
  hosted.includes(one.mspId) ? { ...one, peer: undefined, orderer: undefined, hostedBy: 'CsdMSP' } : one,
);

const embedded: TestEngine = {
  name: 'embedded',
  unavailable: () => undefined,
  start: async (organisations, program) =>
    MarketNetwork.start(async (directory, of) => EmbeddedRunning.start(directory, of, program), organisations),
  patience,
};

const native: TestEngine = {
  name: 'native',
  unavailable: () => whyNoFabric()?.message,
  start: async (organisations, program) =>
    MarketNetwork.start(
      async (directory, of) => OperatedRunning.start('native', directory, of, program),
      organisations,
    ),
  usual: withFewNodes,
  patience: 4 * patience,
};

// The same programs as the native engine's, in containers that take longer to come and go.
const docker: TestEngine = {
  name: 'docker',
  unavailable: whyNoDocker,
  start: async (organisations) =>
    MarketNetwork.start(async (directory, of) => OperatedRunning.start('docker', directory, of), organisations),
  patience: 6,
};

/** The embedded engine is in the repository and always runs; what else is found runs too, that of containers by night. */
export const engines: readonly TestEngine[] = [
  embedded,
  native,
  ...(process.env['KESSAI_NIGHTLY'] === '1' ? [docker] : []),
];

/** The same engine for a suite that looks into everybody's nodes. */
export function withEveryNode(engine: TestEngine): TestEngine {
  return { ...engine, usual: undefined };
}

/** For suites of what the contracts decide, which is the same on every engine: on real Fabric they run by night. */
export const embeddedByDay: readonly TestEngine[] = engines.filter(
  ({ name }) => name === 'embedded' || process.env['KESSAI_NIGHTLY'] === '1',
);

const startMs = 120_000;
const testMs = 30_000;

/** One suite on every engine. Where an engine is missing its tests are counted as skipped, with the reason in their name. */
export function describeOnEngines(title: string, suite: (engine: TestEngine) => void, on = engines): void {
  for (const engine of on) {
    const missing = engine.unavailable();
    const name = `${title} (engine ${engine.name}${missing === undefined ? '' : `, not run: ${missing}`})`;
    const define = missing === undefined ? describe : describe.skip;
    define(name, () => {
      // For tests that say nothing of their own time.
      beforeAll(() => {
        jest.setTimeout(testMs * engine.patience);
      });
      suite(engine);
    });
  }
}

/** The network of a suite: started and prepared before its first test, gone after its last. */
export function networkOf(
  engine: TestEngine,
  prepare: (network: MarketNetwork) => Promise<void>,
): { readonly current: MarketNetwork } {
  let starting: Promise<MarketNetwork> | undefined;
  let started: MarketNetwork | undefined;
  beforeAll(async () => {
    starting = engine.start(engine.usual);
    started = await starting;
    await prepare(started);
  }, startMs * engine.patience);
  afterAll(async () => {
    // Also one that came too late for its tests; one that could not start has said so.
    const network = await starting?.catch(() => undefined);
    await network?.[Symbol.asyncDispose]();
  }, startMs * engine.patience);
  return {
    get current() {
      if (!started) throw new Error('The network of this suite did not start');
      return started;
    },
  };
}
