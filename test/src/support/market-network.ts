import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scheduler, SchedulerOptions } from '@kessai/cli';
import { type ConnectOptions, type Market, type Profile, connect } from '@kessai/gateway-client';
import { type Organisation, readTopology } from '@kessai/network';
import type { RunningNetwork, StartNetwork } from './running-network';
import { Schedulers } from './schedulers';
import { untilEverywhere } from './until-everywhere';

/** A network with the market's chaincode on it, and connections as its organisations. */
export class MarketNetwork implements AsyncDisposable {
  readonly #markets = new Map<string, Promise<Market>>();
  readonly #schedulers = new Schedulers((mspId) => this.profile(mspId));
  readonly #running: RunningNetwork;

  private constructor(
    running: RunningNetwork,
    /** The tests' own; the network has one in it. */
    readonly directory: string,
  ) {
    this.#running = running;
  }

  /** Up and deployed, not founded. */
  static async start(run: StartNetwork, organisations?: readonly Organisation[]): Promise<MarketNetwork> {
    const directory = await mkdtemp(join(tmpdir(), 'kessai-test-'));
    let running: RunningNetwork | undefined;
    try {
      running = await run(join(directory, 'network'), organisations);
      await running.deploy();
    } catch (error) {
      await running?.close();
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
    const network = new MarketNetwork(running, directory);
    await network.operate();
    return network;
  }

  /** Starts a scheduler of each operator, as `kessai up` does in processes of their own; those that run go on. */
  async operate(): Promise<void> {
    for (const { mspId, role } of this.organisations) {
      if (role === 'operator' && !this.#schedulers.isAtWork(mspId)) await this.operateAs(mspId);
    }
  }

  async operateAs(mspId: string, options?: SchedulerOptions, connection?: ConnectOptions): Promise<Scheduler> {
    return this.#schedulers.operateAs(mspId, options, connection);
  }

  /** Ends the schedulers, or that of one operator: nothing is executed until some operate again. */
  async rest(mspId?: string): Promise<void> {
    await this.#schedulers.rest(mspId);
  }

  /** Where the network keeps its files. */
  get networkDirectory(): string {
    return join(this.directory, 'network');
  }

  get organisations(): readonly Organisation[] {
    return this.#running.organisations;
  }

  profile(mspId: string, user?: string): Profile {
    return this.#running.profile(mspId, user);
  }

  /** A connection, kept until the network closes. Its submits return when every peer has their block. */
  async as(mspId: string, user?: string): Promise<Market> {
    const name = `${mspId}/${user ?? ''}`;
    const market = this.#markets.get(name) ?? this.connect(this.profile(mspId, user));
    this.#markets.set(name, market);
    return market;
  }

  /** A connection of the caller's own, whose submits return when every peer has their block. */
  async connect(profile: Profile, options?: ConnectOptions): Promise<Market> {
    return untilEverywhere(await connect(profile, options), async (height) => this.caughtUp(height));
  }

  async deploy(): Promise<void> {
    await this.#running.deploy();
  }

  /** Process numbers by node, null where it does not run; empty where the nodes are no processes of their own. */
  nodes(): Readonly<Record<string, number | null>> {
    return this.#running.nodes();
  }

  /** @throws where the node is no process of its own or does not run. */
  pidOf(node: string): number {
    const pid = this.nodes()[node];
    if (pid === undefined || pid === null) throw new Error(`${node} is not running`);
    return pid;
  }

  /** The process that executes the chaincode for an organisation's peer now, if there is one. */
  chaincodePid(mspId: string): number | undefined {
    return this.#running.chaincodePid(mspId);
  }

  /** Returns when every peer that runs has so many blocks, or without a number as many as the one that has most. */
  async caughtUp(height?: bigint): Promise<void> {
    await this.#running.caughtUp(height);
  }

  /** Leaves an organisation's peer without its chaincode, so that it endorses nothing until the network is mended. */
  async silence(mspId: string): Promise<void> {
    await this.#closeMarkets();
    await this.rest();
    await this.#running.silence(mspId);
    await this.operate();
  }

  /** Brings back what was silenced. */
  async mend(): Promise<void> {
    await this.#running.mend();
    await this.operate();
  }

  /** Ends and starts again from what is on disk. Connections are made anew. */
  async restart(whileDown: (networkDirectory: string) => Promise<void> = async () => undefined): Promise<void> {
    await this.close();
    await whileDown(this.networkDirectory);
    await this.#running.open();
    await this.operate();
  }

  /** Ends all that runs; what is on disk stays until the network is disposed of. */
  async close(): Promise<void> {
    await this.#closeMarkets();
    await this.rest();
    await this.#running.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  async #closeMarkets(): Promise<void> {
    for (const market of this.#markets.values()) await (await market).close();
    this.#markets.clear();
  }
}

/** What the little market of the tests trades. */
export const shinEtsu = 'JP3371200001';
export const yen = 'JPY@TrustBankMSP';
export const tradeDate = '2023-03-30';
/** The business day after it. */
export const nextDate = '2023-03-31';

export function randomSecret(): string {
  return randomBytes(32).toString('hex');
}

/** Connects as an organisation. */
export type As = (mspId: string) => Promise<Market>;

export async function foundMarket(started: MarketNetwork, registerPages?: number, supplyCap?: bigint): Promise<void> {
  await foundMarketAs((mspId) => started.as(mspId), started.organisations, registerPages, supplyCap);
}

/**
 * Founds the market with the organisations of the topology, one instrument and one money, and opens the day. Transactions on accounts
 * of one institution meet on the same page of its register unless there are many pages.
 */
export async function foundMarketAs(
  as: As,
  organisations = readTopology().organisations,
  registerPages = 2,
  supplyCap = 100_000_000n,
): Promise<void> {
  const exchange = await as('ExchangeMSP');
  const operators = organisations.filter(({ role }) => role === 'operator');
  await exchange.registry.found({
    id: 'founding',
    name: 'Test market',
    businessDate: tradeDate,
    operators: operators.map(({ mspId, name }) => ({ mspId, name })),
    secrets: { operators: randomSecret(), board: randomSecret() },
  });
  const others = organisations.filter(({ role }) => role !== 'operator');
  await approved(as, async ({ registry }) =>
    Promise.all(others.map(async ({ mspId, name, role }) => registry.admitMember({ mspId, name, role }))),
  );
  const money = { unit: yen, currency: 'JPY', issuer: 'TrustBankMSP', decimals: 0, registerPages };
  await approved(as, async ({ moneyTokens }) => moneyTokens.registerMoney(money));
  const instrument = {
    isin: shinEtsu,
    name: 'Shin-Etsu Chemical',
    issuer: 'ShinEtsuMSP',
    decimals: 0,
    priceDecimals: 0,
    lot: 1n,
    supplyCap,
    settlementCurrency: 'JPY',
    settlementBank: 'TrustBankMSP',
    registerPages,
  };
  await approved(as, async ({ securities }) => securities.registerInstrument(instrument));
  await exchange.registry.advanceClock({ from: 0, businessDate: tradeDate, phase: 'open' });
}

/** An act that takes effect when two operators, and `others` such as the issuer, have asked for it. */
export async function approved(
  as: As,
  act: (market: Market) => Promise<unknown>,
  others: readonly string[] = [],
): Promise<void> {
  const approving = ['ExchangeMSP', 'CsdMSP', ...others];
  await Promise.all(approving.map(async (mspId) => act(await as(mspId))));
}

export interface Funding {
  readonly institution: string;
  readonly account: string;
  readonly name: string;
  readonly securities?: bigint;
  readonly money?: bigint;
}

export async function fund(started: MarketNetwork, prefix: string, fundings: readonly Funding[]): Promise<void> {
  await fundAs((mspId) => started.as(mspId), prefix, fundings);
}

/** Opens accounts and gives them what they start with: issued, allotted, minted. Ids are numbered from `prefix`. */
export async function fundAs(as: As, prefix: string, fundings: readonly Funding[]): Promise<void> {
  const [issuer, bank] = await Promise.all([as('ShinEtsuMSP'), as('TrustBankMSP')]);
  await issuer.registry.openAccount({ account: 'TREASURY', name: 'Treasury', kind: 'treasury' });
  const quantity = fundings.reduce((sum, { securities = 0n }) => sum + securities, 0n);
  if (quantity > 0n) {
    const issue = { id: `${prefix}-issue`, isin: shinEtsu, account: 'TREASURY', quantity };
    await approved(as, async ({ securities }) => securities.issue(issue), ['ShinEtsuMSP']);
  }
  await Promise.all(
    fundings.map(async ({ institution, account, name }) =>
      (await as(institution)).registry.openAccount({ account, name, kind: 'client' }),
    ),
  );
  const allotments = fundings.flatMap(({ institution, account, securities = 0n }, index) => {
    const id = `${prefix}-${index.toString()}`;
    const to = { institution, account };
    return securities === 0n ? [] : [{ id, isin: shinEtsu, from: 'TREASURY', to, quantity: securities }];
  });
  await approved(as, async ({ securities }) => Promise.all(allotments.map(async (one) => securities.allot(one))), [
    'ShinEtsuMSP',
  ]);
  await Promise.all(
    fundings.map(async ({ institution, account, money = 0n }, index) => {
      if (money === 0n) return;
      const id = `${prefix}-${index.toString()}`;
      const to = { institution, account };
      await bank.moneyTokens.mint({ id, currency: 'JPY', to, amount: money, depositReference: id });
    }),
  );
}
