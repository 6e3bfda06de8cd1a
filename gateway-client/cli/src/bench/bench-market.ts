import { randomBytes } from 'node:crypto';
import {
  type InstructionRequest,
  type Market,
  type MarketConnection,
  type Trace,
  connect,
} from '@kessai/gateway-client';
import { type JsonObject, type MarketPolicy, marketLimits } from '@kessai/interface';
import { type OrganisationStatus, exportProfile } from '@kessai/network';
import type { Checkpoint, CheckpointStore } from '../operate/checkpoint';
import { startScheduler } from '../operate/scheduler';
import { CommandError } from '../terminal/command-error';

export const isin = 'JP3371200001';
export const price = 4_250n;
const businessDate = '2023-03-30';
const registerPages = 4;
const plenty = 1_000_000_000n;
/** What the founding is called: sending it again is the no-op. */
const founding = 'bench';

/** Done once, it is answered as done, or as too late. */
const opening: InstructionRequest = {
  method: 'Registry:AdvanceClock',
  request: { from: 0, businessDate, phase: 'open' },
};

/** What trades there are to be: `seller` and `buyer` are accounts. */
export interface Pair {
  readonly seller: string;
  readonly buyer: string;
}

/** A member that trades, and its accounts. */
export interface Trader {
  readonly market: Market;
  readonly accounts: readonly string[];
}

/** A market made for measuring. Nothing makes its cycles but what is measured, and `drain`. */
export class BenchMarket implements AsyncDisposable {
  readonly #connections: readonly MarketConnection[];
  readonly #founded: JsonObject;
  /** What is made is numbered, so that no id comes twice. */
  #made = 0;
  /** Up to where all has been taken, so that each scheduler goes on where the one before it ended. */
  #checkpoint: Checkpoint | undefined;

  private constructor(
    /** Name of the market's chaincode on its channel. */
    readonly chaincode: string,
    readonly exchange: Market,
    readonly depository: Market,
    readonly traders: readonly Trader[],
    readonly pairs: readonly Pair[],
    /** Who issues the money. */
    readonly bankMspId: string,
    founded: JsonObject,
    others: readonly Market[],
  ) {
    this.#founded = founded;
    this.#connections = [exchange, depository, ...traders.map(({ market }) => market), ...others];
  }

  /**
   * Founds the market with all organisations of the network, and gives so many accounts of each institution securities and money in plenty.
   * @throws CommandError UsageInvalid where the network lacks a role; MarketError.
   */
  static async found(
    directory: string,
    organisations: readonly OrganisationStatus[],
    { accounts, trace }: { readonly accounts: number; readonly trace: Trace },
  ): Promise<BenchMarket> {
    const withRole = (role: OrganisationStatus['role'], number = 0): OrganisationStatus => {
      const found = organisations.filter((organisation) => organisation.role === role)[number];
      if (found === undefined) throw lacking(role);
      return found;
    };
    const profileOf = (mspId: string) => exportProfile({ directory, mspId });
    const as = async ({ mspId }: OrganisationStatus): Promise<Market> =>
      // What is measured is how fast instructions can be sealed, not how fast it is wise to.
      connect(profileOf(mspId), {
        ...{ trace, check: false, submitsInFlight: 256 },
        submissionInstructions: marketLimits.submissionInstructions,
        instructionsWaiting: Number.MAX_SAFE_INTEGER,
      });
    const [bankStatus, issuerStatus] = [withRole('settlement-bank'), withRole('issuer')];
    const exchange = await as(withRole('operator'));
    const depository = await as(withRole('operator', 1));
    const institutions = organisations.filter(({ role }) => role === 'institution').slice(0, 3);
    if (institutions.length < 2) throw lacking('institution');
    const traders = await Promise.all(
      institutions.map(async (one, member) => ({
        market: await as(one),
        accounts: Array.from({ length: accounts }, (_, n) => `M${member.toString()}-${n.toString()}`),
      })),
    );
    const [bank, issuer] = [await as(bankStatus), await as(issuerStatus)];
    const [sellers, buyers] = traders;
    const pairs = Array.from({ length: accounts }, (_, n) => ({
      seller: sellers?.accounts[n] ?? '',
      buyer: buyers?.accounts[n] ?? '',
    }));
    const founded = foundingOf(organisations);
    const { chaincode } = profileOf(exchange.mspId);
    const market = new BenchMarket(chaincode, exchange, depository, traders, pairs, bank.mspId, founded, [
      bank,
      issuer,
    ]);
    try {
      await market.noop();
      await market.#prepare(organisations, bank, issuer);
    } catch (error) {
      await market[Symbol.asyncDispose]();
      throw error;
    }
    return market;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#connections.map(async (connection) => connection.close()));
  }

  /** The founding; sent again it is endorsed, ordered and validated like any transaction of two operators, and writes nothing. */
  async noop(): Promise<void> {
    await this.exchange.call('Registry:Found', this.#founded);
  }

  next(): string {
    this.#made += 1;
    return this.#made.toString();
  }

  /** Runs `work` while an operator makes cycles of all that is sealed, and returns when nothing waits any more. */
  async whileOperated<T>(work: () => Promise<T>): Promise<T> {
    const checkpoints: CheckpointStore = {
      read: async () => Promise.resolve(this.#checkpoint),
      write: async (checkpoint) => Promise.resolve(void (this.#checkpoint = checkpoint)),
    };
    await using scheduler = startScheduler(this.exchange, { chaincode: this.chaincode, checkpoints });
    // An instruction that changes nothing: when it has been executed, the scheduler has read all that was sealed before it.
    await this.exchange.instruct([opening]);
    const result = await work();
    await this.exchange.instruct([opening]);
    while (scheduler.status.waiting > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    return result;
  }

  /** An act of two operators. */
  async act(...acts: readonly InstructionRequest[]): Promise<void> {
    await Promise.all([this.exchange, this.depository].map(async (operator) => this.do(operator, acts)));
  }

  async setPolicy(policy: MarketPolicy): Promise<void> {
    const request = { id: `policy-${this.next()}`, policy: { ...policy } };
    await this.whileOperated(async () => this.act({ method: 'Registry:SetPolicy', request }));
  }

  /** Instructions that must all be executed. */
  async do(member: Market, instructions: readonly InstructionRequest[]): Promise<void> {
    for (const { error } of await member.instruct(instructions)) {
      if (error) throw new Error(`${error.code}: ${error.message}`);
    }
  }

  /** Trades of the pairs in turn, as an outside engine would have made them. */
  capture(count: number): InstructionRequest {
    const [sellers, buyers] = this.traders;
    const time = '2023-03-30T01:00:00.000Z';
    const id = this.next();
    const trades = Array.from({ length: count }, (_, n) => {
      const pair = this.pairs[n % this.pairs.length];
      return {
        ...{ tradeId: `${id}-${n.toString()}`, time, isin, quantity: '1', price: price.toString() },
        seller: { institution: sellers?.market.mspId ?? '', account: pair?.seller ?? '' },
        buyer: { institution: buyers?.market.mspId ?? '', account: pair?.buyer ?? '' },
      };
    });
    return { method: 'Orders:CaptureTrades', request: { id: `capture-${id}`, trades } };
  }

  /** Captures so many trades each time, in a cycle of their own, and leaves them unsettled. @returns the page of each. */
  async captured(counts: readonly number[]): Promise<readonly string[]> {
    return this.whileOperated(async () => {
      const pages: string[] = [];
      for (const count of counts) {
        const [result] = await this.exchange.instruct([this.capture(count)]);
        if (result?.error) throw new Error(`${result.error.code}: ${result.error.message}`);
        pages.push(String(result?.cycle));
      }
      return pages;
    });
  }

  async #prepare(organisations: readonly OrganisationStatus[], bank: Market, issuer: Market): Promise<void> {
    const unit = `JPY@${bank.mspId}`;
    await this.whileOperated(async () => {
      await this.act(
        ...organisations
          .filter(({ role }) => role !== 'operator')
          .map(({ mspId, name, role }) => ({ method: 'Registry:AdmitMember', request: { mspId, name, role } })),
      );
      const money = { unit, currency: 'JPY', issuer: bank.mspId, decimals: 0, registerPages };
      await this.act({ method: 'MoneyTokens:RegisterMoney', request: money });
      const instrument = {
        ...{ isin, name: 'Instrument for measuring', issuer: issuer.mspId, decimals: 0, priceDecimals: 0, lot: '1' },
        ...{ supplyCap: (plenty * 1_000n).toString(), settlementCurrency: 'JPY', settlementBank: bank.mspId },
        registerPages,
      };
      await this.act({ method: 'Securities:RegisterInstrument', request: instrument });
      await this.act(opening);
      await this.do(issuer, [
        { method: 'Registry:OpenAccount', request: { account: 'TREASURY', name: 'Treasury', kind: 'treasury' } },
      ]);
      await Promise.all(this.traders.map(async ({ market, accounts }) => this.do(market, accounts.map(openAccount))));
      await this.#fund(bank, issuer);
    });
  }

  async #fund(bank: Market, issuer: Market): Promise<void> {
    const holders = this.traders.flatMap(({ market: { mspId: institution }, accounts }) =>
      accounts.map((account) => ({ institution, account })),
    );
    const quantity = (plenty * BigInt(holders.length)).toString();
    const issue = { method: 'Securities:Issue', request: { id: 'bench-issue', isin, account: 'TREASURY', quantity } };
    const allotments = holders.map((to) => ({
      method: 'Securities:Allot',
      request: { id: `fund-${to.account}`, isin, from: 'TREASURY', to, quantity: plenty.toString() },
    }));
    for (const acts of [[issue], allotments]) {
      await Promise.all([this.act(...acts), this.do(issuer, acts)]);
    }
    const mints = holders.map((to) => ({
      method: 'MoneyTokens:Mint',
      request: {
        ...{ id: `fund-${to.account}`, currency: 'JPY', to, amount: (plenty * price).toString() },
        depositReference: to.account,
      },
    }));
    await this.do(bank, mints);
  }
}

function openAccount(account: string): InstructionRequest {
  return { method: 'Registry:OpenAccount', request: { account, name: account, kind: 'client' } };
}

function foundingOf(organisations: readonly OrganisationStatus[]): JsonObject {
  const secret = (): string => randomBytes(32).toString('hex');
  return {
    id: founding,
    name: 'Market for measuring',
    businessDate,
    operators: organisations.filter(({ role }) => role === 'operator').map(({ mspId, name }) => ({ mspId, name })),
    secrets: { operators: secret(), board: secret() },
  };
}

function lacking(role: string): CommandError {
  return new CommandError(
    'UsageInvalid',
    `The network lacks an organisation with the role ${role}; measuring needs two operators, two institutions, an issuer and a settlement bank.`,
    'Leave --topology out, which takes the market that ships.',
    { field: 'topology', role },
  );
}
