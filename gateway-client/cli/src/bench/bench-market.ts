import { randomBytes } from 'node:crypto';
import { type Market, type MarketConnection, type Trace, connect } from '@kessai/gateway-client';
import { type OrganisationStatus, exportProfile } from '@kessai/network';
import { runInLanes } from '../day';
import { CommandError } from '../terminal/command-error';

const isin = 'JP3371200001';
const price = 4_250n;
const businessDate = '2023-03-30';
/** The most there may be: accounts seldom share one, so that transactions of different accounts do not meet. */
const registerPages = 4_096;
const plenty = 1_000_000_000n;
const lanesAtOnce = 24;

/** What trades there are to be: `seller` and `buyer` are accounts. */
interface Pair {
  readonly seller: string;
  readonly buyer: string;
}

/** A market of two institutions, made for measuring. */
export class BenchMarket implements AsyncDisposable {
  readonly #connections: readonly MarketConnection[];
  /** Board and bilateral trades, numbered so that no id comes twice. */
  #made = 0;
  /** The newest block with a transaction of this market. */
  #newest = 0n;

  private constructor(
    readonly exchange: Market,
    readonly seller: Market,
    readonly buyer: Market,
    readonly pairs: readonly Pair[],
    others: readonly Market[],
  ) {
    this.#connections = [exchange, seller, buyer, ...others];
  }

  /**
   * Founds the market with all organisations of the network, and gives so many pairs of accounts securities and money in plenty.
   * @throws CommandError UsageInvalid where the network lacks a role; MarketError.
   */
  static async found(
    directory: string,
    organisations: readonly OrganisationStatus[],
    { pairCount, trace }: { readonly pairCount: number; readonly trace: Trace },
  ): Promise<BenchMarket> {
    const withRole = (role: OrganisationStatus['role'], number = 0): OrganisationStatus => {
      const found = organisations.filter((organisation) => organisation.role === role)[number];
      if (found === undefined) throw lacking(role);
      return found;
    };
    const as = async ({ mspId }: OrganisationStatus): Promise<Market> =>
      connect(exportProfile({ directory, mspId }), { trace });
    const [bankStatus, issuerStatus] = [withRole('settlement-bank'), withRole('issuer')];
    const exchange = await as(withRole('operator'));
    const [seller, buyer] = [await as(withRole('institution')), await as(withRole('institution', 1))];
    const [bank, issuer] = [await as(bankStatus), await as(issuerStatus)];
    const pairs = Array.from({ length: pairCount }, (_, n) => ({
      seller: `SELLER-${n.toString()}`,
      buyer: `BUYER-${n.toString()}`,
    }));
    const market = new BenchMarket(exchange, seller, buyer, pairs, [bank, issuer]);
    try {
      market.#saw(await foundMarket(exchange, organisations, bankStatus, issuerStatus));
      await market.#fund(bank, issuer);
    } catch (error) {
      await market[Symbol.asyncDispose]();
      throw error;
    }
    return market;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#connections.map(async (connection) => connection.close()));
  }

  /** For calls that build on what another member has done. */
  get after(): { readonly after: bigint } {
    return { after: this.#newest };
  }

  #saw({ blockNumber }: { readonly blockNumber: bigint }): void {
    if (blockNumber > this.#newest) this.#newest = blockNumber;
  }

  /** A bilateral trade of each pair in turn, agreed by both parties and not settled. @returns their pages, by pair. */
  async agreeTrades(count: number): Promise<readonly (readonly string[])[]> {
    const pages: string[][] = this.pairs.map(() => []);
    const work = Array.from({ length: count }, (_, n) => {
      const index = n % this.pairs.length;
      const tradeId = `T-${this.#next()}`;
      return {
        lane: index.toString(),
        run: async () => pages[index]?.push(await this.#agree(tradeId, this.pairs[index])),
      };
    });
    await runInLanes(work, lanesAtOnce);
    return pages;
  }

  async #agree(tradeId: string, pair: Pair | undefined): Promise<string> {
    if (pair === undefined) throw new RangeError('there is no pair of accounts');
    const trade = { tradeId, isin, quantity: 1n, amount: price };
    const [from, to] = [this.seller.mspId, this.buyer.mspId];
    const { seller, buyer } = pair;
    const recorded = { ...trade, counterparty: to, side: 'sell', account: seller } as const;
    this.#saw(await this.seller.orders.recordTrade(recorded));
    this.#saw(
      await this.buyer.orders.affirmTrade({ ...trade, recordedBy: from, side: 'buy', account: buyer }, this.after),
    );
    return `otc.${from}.${tradeId}`;
  }

  /** So many trades of the board, matched and not settled. @returns their pages. */
  async matchTrades(count: number): Promise<readonly string[]> {
    // Offers of 2 after a first one of 1: each bid of 2 meets two offers, so there are two trades for two orders.
    const id = this.#next();
    const bids = Math.ceil(count / 2);
    const offers = await this.#place('sell', `${id}-S`, [1n, ...Array.from({ length: bids }, () => 2n)]);
    const taken = await this.#place(
      'buy',
      `${id}-B`,
      Array.from({ length: bids }, () => 2n),
    );
    const { orders, settlement } = this.exchange;
    this.#saw(await orders.match({ id: `${id}-offers`, isin, orders: offers, cancels: [] }, this.after));
    this.#saw(await orders.match({ id: `${id}-bids`, isin, orders: taken, cancels: [] }, this.after));
    // The offer of which half is left would change the next round.
    const last = offers.slice(-1);
    this.#saw(await this.seller.orders.cancel({ orderId: last[0]?.orderId ?? '' }, this.after));
    this.#saw(await orders.match({ id: `${id}-rest`, isin, orders: [], cancels: last }, this.after));
    const { instructions } = await settlement.instructions({ status: 'matched' }, this.after);
    return [...new Set(instructions.map(({ page }) => page))].filter((page) => page.startsWith(`board.${id}-bids`));
  }

  async #place(side: 'buy' | 'sell', prefix: string, quantities: readonly bigint[]): Promise<readonly OrderRef[]> {
    const member = side === 'sell' ? this.seller : this.buyer;
    const refs = quantities.map((_, n) => ({ institution: member.mspId, orderId: `${prefix}${n.toString()}` }));
    const work = quantities.map((quantity, n) => {
      const pair = this.pairs[n % this.pairs.length];
      const account = (side === 'sell' ? pair?.seller : pair?.buyer) ?? '';
      const order = { orderId: refs[n]?.orderId ?? '', isin, side, account, quantity, price };
      return { lane: account, run: async () => this.#saw(await member.orders.place({ ...order, timeInForce: 'day' })) };
    });
    await runInLanes(work, lanesAtOnce);
    return refs;
  }

  async #fund(bank: Market, issuer: Market): Promise<void> {
    this.#saw(
      await issuer.registry.openAccount({ account: 'TREASURY', name: 'Treasury', kind: 'treasury' }, this.after),
    );
    const quantity = plenty * BigInt(this.pairs.length);
    const issue = { id: 'bench-issue', isin, account: 'TREASURY', quantity };
    this.#saw(await this.exchange.securities.issue(issue, this.after));
    const work = this.pairs.flatMap(({ seller, buyer }) => [
      {
        lane: seller,
        run: async () => this.#saw(await this.seller.registry.openAccount(clientAccount(seller), this.after)),
      },
      {
        lane: buyer,
        run: async () => this.#saw(await this.buyer.registry.openAccount(clientAccount(buyer), this.after)),
      },
    ]);
    await runInLanes(work, lanesAtOnce);
    for (const { seller, buyer } of this.pairs) {
      const [from, to] = [this.seller.mspId, this.buyer.mspId];
      const allotment = { isin, from: 'TREASURY', to: { institution: from, account: seller }, quantity: plenty };
      const deposit = { currency: 'JPY', to: { institution: to, account: buyer }, amount: plenty * price };
      await Promise.all([
        this.exchange.securities.allot({ id: `fund-${seller}`, ...allotment }, this.after),
        bank.moneyTokens.mint({ id: `fund-${buyer}`, ...deposit, depositReference: buyer }, this.after),
      ]);
    }
  }

  #next(): string {
    this.#made += 1;
    return this.#made.toString();
  }
}

interface OrderRef {
  readonly institution: string;
  readonly orderId: string;
}

export function clientAccount(account: string): { account: string; name: string; kind: 'client' } {
  return { account, name: account, kind: 'client' };
}

async function foundMarket(
  exchange: Market,
  organisations: readonly OrganisationStatus[],
  bank: OrganisationStatus,
  issuer: OrganisationStatus,
): Promise<{ readonly blockNumber: bigint }> {
  const secret = (): string => randomBytes(32).toString('hex');
  await exchange.registry.found({
    id: 'bench',
    name: 'Market for measuring',
    businessDate,
    operators: organisations.filter(({ role }) => role === 'operator').map(({ mspId, name }) => ({ mspId, name })),
    secrets: { operators: secret(), board: secret() },
  });
  for (const { mspId, name, role } of organisations) {
    if (role === 'operator') continue;
    await exchange.registry.admitMember({ mspId, name, role, ...(role === 'auditor' ? {} : { secret: secret() }) });
  }
  const unit = `JPY@${bank.mspId}`;
  await exchange.moneyTokens.registerMoney({ unit, currency: 'JPY', issuer: bank.mspId, decimals: 0, registerPages });
  await exchange.securities.registerInstrument({
    ...{ isin, name: 'Instrument for measuring', issuer: issuer.mspId, decimals: 0, priceDecimals: 0, lot: 1n },
    ...{ supplyCap: plenty * 1_000n, settlementCurrency: 'JPY', settlementBank: bank.mspId, registerPages },
  });
  return exchange.registry.advanceClock({ from: 0, businessDate, phase: 'open' });
}

function lacking(role: string): CommandError {
  return new CommandError(
    'UsageInvalid',
    `The network lacks an organisation with the role ${role}; measuring needs an operator, two institutions, an issuer and a settlement bank.`,
    'Leave --topology out, which takes the market that ships.',
    { field: 'topology', role },
  );
}
