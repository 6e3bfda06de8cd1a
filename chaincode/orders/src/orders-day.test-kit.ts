import type { JsonObject, Outcome, Rejection } from '@kessai/interface';
import { MemoryMarket, type SampleDay, openSampleDay, shinEtsu } from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { orders } from './index';

/** What tests of orders begin with. */

export const contracts = { Registry: registry, Securities: securities, MoneyTokens: moneyTokens, Orders: orders };

/** The sample day with orders and no other contract of trading. */
export function openOrdersDay(): Promise<SampleDay> {
  return openSampleDay(new MemoryMarket({ contracts }));
}

const order = { isin: shinEtsu, timeInForce: 'day' };
export const sell = { ...order, orderId: 's1', side: 'sell', account: 'A-1', quantity: '300', price: '42500' };
/** Of more than is sold, at a better price. */
export const buy = { ...order, orderId: 'b1', side: 'buy', account: 'B-1', quantity: '500', price: '42600' };

export function ref(institution: string, orderId: string): JsonObject {
  return { institution, orderId };
}

/** An operator takes orders onto the board. */
export function match(day: SampleDay, id: string, named: readonly JsonObject[]): Promise<Outcome | Rejection> {
  return day.submit('CsdMSP', 'Orders:Match', { id, isin: shinEtsu, orders: named });
}

export const agreed = { isin: shinEtsu, quantity: '700', amount: '2975000' };
/** A trade between two institutions as Alpha records it. */
export const trade = { ...agreed, tradeId: 't1', counterparty: 'BetaMSP', side: 'sell', account: 'A-1' };
/** The same as Beta affirms it. */
export const affirmation = { ...agreed, recordedBy: 'AlphaMSP', tradeId: 't1', side: 'buy', account: 'B-1' };
