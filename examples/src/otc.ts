// A trade that two members have agreed on elsewhere: the seller records it, the buyer is told of it and affirms it, and it settles delivery
// versus payment. In life each side is a program of its own; here one plays both.
//   node otc.js SELLERS-PROFILE SELLERS-ACCOUNT BUYERS-PROFILE BUYERS-ACCOUNT [TRADE-ID]
import { type Market, RejectedError, connect } from '@kessai/gateway-client';

const [
  sellers = 'alpha.json',
  sellersAccount = 'A-1003',
  buyers = 'beta.json',
  buyersAccount = 'B-2003',
  tradeId = 'OTC-1',
] = process.argv.slice(2);

const terms = { isin: 'JP3371200001', quantity: 500n, amount: 10_575_000n };

async function sell(market: Market, counterparty: string): Promise<void> {
  const { outcome } = await market.orders.recordTrade({
    ...terms,
    tradeId,
    counterparty,
    side: 'sell',
    account: sellersAccount,
  });
  console.log(`seller: recorded (${outcome})`);
}

/** Waits for what the counterparty has recorded, compares it with what was agreed, and affirms or rejects it. */
async function buy(market: Market, from: number): Promise<void> {
  for await (const { advices } of market.advices.follow({ from })) {
    for (const advice of advices) {
      if (advice.kind !== 'allegement' || advice.tradeId !== tradeId) continue;
      const { recordedBy, isin, quantity, amount } = advice;
      console.log(`buyer: ${recordedBy} alleges ${quantity.toString()} of ${isin} for ${amount.toString()}`);
      if (quantity !== terms.quantity || amount !== terms.amount) {
        await market.orders.rejectTrade({ recordedBy, tradeId, reason: 'the terms are not those that were agreed' });
        return;
      }
      await market.orders.affirmTrade({ ...terms, recordedBy, tradeId, side: 'buy', account: buyersAccount });
      console.log('buyer: affirmed');
      return;
    }
  }
}

async function main(): Promise<void> {
  await using seller = await connect(sellers);
  await using buyer = await connect(buyers);
  const { number } = await buyer.market.progress();
  try {
    await Promise.all([buy(buyer, number + 1), sell(seller, buyer.mspId)]);
  } catch (error) {
    if (!(error instanceof RejectedError)) throw error;
    // The code says which of the terms differ, or what is missing; the market is as it was.
    console.log(`refused: ${error.code}: ${error.message}`);
    process.exitCode = 1;
    return;
  }
  const { trades } = await seller.orders.trades();
  const trade = trades.find((one) => one.tradeId === tradeId);
  console.log(`seller: the trade is ${trade?.status ?? 'not there'}`);
}

void main();
