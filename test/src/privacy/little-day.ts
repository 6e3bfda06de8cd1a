import { advance, match, membersOf, now, rejectionOf } from '../support/market-day';
import { type Funding, type MarketNetwork, fund, nextDate, shinEtsu, yen } from '../support/market-network';

export const clients: readonly Funding[] = [
  { institution: 'AlphaMSP', account: 'A-1', name: 'First client of Alpha', securities: 10_000n, money: 50_000_000n },
  { institution: 'AlphaMSP', account: 'A-2', name: 'Second client of Alpha', securities: 10_000n, money: 50_000_000n },
  { institution: 'BetaMSP', account: 'B-1', name: 'First client of Beta', securities: 10_000n, money: 50_000_000n },
  { institution: 'GammaMSP', account: 'G-1', name: 'First client of Gamma', securities: 10_000n, money: 50_000_000n },
];

/** A day in which everything happens once: the board, bilateral trades, captured ones, settlement, payments, a dividend, refusals. */
export async function aLittleDay(network: MarketNetwork): Promise<void> {
  await fund(network, 'little', clients);
  const { exchange, csd, alpha, beta, gamma, issuer, bank } = await membersOf(network);
  const order = { isin: shinEtsu, quantity: 100n, price: 4_250n, timeInForce: 'day' } as const;
  await Promise.all([
    alpha.orders.place({ ...order, orderId: 'a-1', side: 'sell', account: 'A-1' }),
    beta.orders.place({ ...order, orderId: 'b-1', side: 'buy', account: 'B-1' }),
    gamma.orders.place({ ...order, orderId: 'g-1', side: 'buy', account: 'G-1' }),
  ]);
  await match(exchange, 'match-1', [
    { institution: 'AlphaMSP', orderId: 'a-1' },
    { institution: 'BetaMSP', orderId: 'b-1' },
    { institution: 'GammaMSP', orderId: 'g-1' },
  ]);
  await gamma.orders.cancel({ orderId: 'g-1' });
  for (const [tradeId, side] of [
    ['otc-1', 'sell'],
    ['otc-2', 'buy'],
  ] as const) {
    const terms = { tradeId, isin: shinEtsu, quantity: 50n, amount: 200_000n };
    await alpha.orders.recordTrade({ ...terms, counterparty: 'GammaMSP', side, account: 'A-2' });
    const answer = { ...terms, recordedBy: 'AlphaMSP', account: 'G-1' };
    await gamma.orders.affirmTrade({ ...answer, side: side === 'sell' ? 'buy' : 'sell' });
  }
  await beta.orders.recordTrade({
    ...{ tradeId: 'otc-3', counterparty: 'GammaMSP', side: 'buy', account: 'B-1' },
    ...{ isin: shinEtsu, quantity: 50n, amount: 200_000n },
  });
  await gamma.orders.rejectTrade({ recordedBy: 'BetaMSP', tradeId: 'otc-3', reason: 'Not ours' });
  await csd.orders.captureTrades({
    id: 'captured',
    trades: [
      {
        ...{ tradeId: 'engine-1', time: now(), isin: shinEtsu, quantity: 10n, price: 4_250n },
        seller: { institution: 'BetaMSP', account: 'B-1' },
        buyer: { institution: 'AlphaMSP', account: 'A-1' },
      },
    ],
  });
  await alpha.securities.transfer({ id: 't-1', isin: shinEtsu, from: 'A-1', to: 'A-2', quantity: 5n });
  await dust(network, 'little-dust', 20);
  const { instructions } = await exchange.settlement.instructions({});
  const pages = [...new Set(instructions.map(({ page }) => page).filter((page) => page !== undefined))];
  await exchange.settlement.settle({ id: 'settle-1', pages });
  // What a cycle refuses looks like what it does.
  await rejectionOf(
    beta.securities.transfer({ id: 't-2', isin: shinEtsu, from: 'B-1', to: 'B-2', quantity: 5n }, { check: false }),
  );
  await rejectionOf(alpha.orders.cancel({ orderId: 'never' }, { check: false }));
  await gamma.instruct([]);
  await bank.moneyTokens.mint({
    ...{ id: 'for-dividend', currency: 'JPY', to: { institution: 'ShinEtsuMSP', account: 'TREASURY' } },
    ...{ amount: 10_000_000n, depositReference: 'Dividend' },
  });
  await payDividend();

  async function payDividend(): Promise<void> {
    await issuer.registry.openAccount({ account: 'TAX', name: 'Tax', kind: 'treasury' });
    const terms = {
      kind: 'cash-dividend',
      ...{ isin: shinEtsu, recordDate: nextDate, unit: yen, payer: 'TREASURY' },
      rate: { numerator: 7n, denominator: 3n },
      withholding: [{ rate: { numerator: 20_315n, denominator: 100_000n }, account: 'TAX' }],
    } as const;
    await issuer.corporateActions.announce({ eventId: 'dividend', terms });
    await advance(exchange, 'closed');
    await advance(exchange, 'open', nextDate);
    await advance(exchange, 'closed');
    await exchange.registry.snapshot({ isin: shinEtsu });
    const event = { issuer: 'ShinEtsuMSP', eventId: 'dividend' };
    const asked = await exchange.corporateActions.pages(event);
    await csd.corporateActions.pay({
      ...event,
      pages: asked.pages.map(({ institution, page }) => ({ institution, page })),
    });
    await csd.corporateActions.complete(event);
  }
}

/** Payments of one yen by Gamma to accounts of Alpha and Beta, some of which do not exist; sealed together. */
export async function dust(network: MarketNetwork, prefix: string, count: number): Promise<void> {
  const gamma = await network.as('GammaMSP');
  const payments = Array.from({ length: count }, (_, n) => ({
    method: 'MoneyTokens:Transfer',
    request: {
      ...{ id: `${prefix}-${n.toString()}`, unit: yen, from: 'G-1', amount: '1' },
      to:
        n % 2 === 0
          ? { institution: 'AlphaMSP', account: 'A-1' }
          : { institution: 'BetaMSP', account: `B-${((n % 4) + 1).toString()}` },
    },
  }));
  await gamma.instruct(payments);
}
