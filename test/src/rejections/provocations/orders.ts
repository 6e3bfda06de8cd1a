import type { JsonObject } from '@kessai/interface';
import { obayashi, type SampleDay, shinEtsu } from '@kessai/ledger/tools';
import { affirmation, pageOf, trade, tradeRecorded, tradeRejected } from './bilateral-trade';
import { atRecordDate, split } from './event';
import { placed, type Provocation, recorded, sell, submit } from './provocation';

const captured = {
  ...{ tradeId: 'c1', time: '2023-03-01T00:00:00.000Z', isin: shinEtsu, quantity: '100', price: '42500' },
  seller: { institution: 'AlphaMSP', account: 'A-1' },
  buyer: { institution: 'BetaMSP', account: 'B-1' },
};

const standing = async (day: SampleDay): Promise<void> => {
  await placed(day);
  await day.record('CsdMSP', 'Orders:Match', { id: 'x1', isin: shinEtsu, orders: [ref('o1')] });
};

function ref(orderId: string, institution = 'AlphaMSP'): JsonObject {
  return { institution, orderId };
}

function matching(request: JsonObject): Provocation['ask'] {
  return submit('CsdMSP', 'Orders:Match', { id: 'x2', isin: shinEtsu, orders: [ref('o1')], ...request });
}

export const ofOrders = {
  SelfTrade: {
    when: 'an institution records a trade with itself',
    ask: submit('AlphaMSP', 'Orders:RecordTrade', { ...trade, counterparty: 'AlphaMSP' }),
  },
  OrderUnknown: { when: 'an order was never placed', ask: submit('AlphaMSP', 'Orders:Cancel', { orderId: 'never' }) },
  OrderWrongInstrument: {
    given: placed,
    when: 'an order is taken onto the board of another instrument',
    ask: matching({ isin: obayashi, orders: [ref('o1')] }),
  },
  OrderNotPending: {
    given: standing,
    when: 'an order is taken onto the board twice',
    ask: matching({ orders: [ref('o1')] }),
  },
  OrderEnded: {
    given: async (day) => {
      await standing(day);
      await day.record('BetaMSP', 'Orders:Place', { ...sell, orderId: 'o2', side: 'buy', account: 'B-1' });
      await day.record('CsdMSP', 'Orders:Match', {
        id: 'x3',
        isin: shinEtsu,
        orders: [ref('o2', 'BetaMSP')],
      });
    },
    when: 'a filled order is cancelled',
    ask: submit('AlphaMSP', 'Orders:Cancel', { orderId: 'o1' }),
  },
  OrdersNotExpired: {
    given: async (day) => {
      await standing(day);
      await day.advance('closed');
      await day.openDay('2023-03-02');
      await day.record('AlphaMSP', 'Orders:Place', { ...sell, orderId: 'o2' });
    },
    when: 'orders of yesterday still stand',
    ask: matching({ orders: [ref('o2')] }),
  },
  TradeBeforeSplit: {
    given: async (day) => {
      await atRecordDate(split)(day);
      await day.payEvent('IssuerMSP', 'e');
      await day.openDay('2023-03-03');
    },
    when: 'an outside engine brings a trade of before a split',
    ask: submit('CsdMSP', 'Orders:CaptureTrades', {
      id: 'c',
      trades: [captured],
    }),
  },
  OrderNamedTwice: {
    given: placed,
    when: 'an order is named twice',
    ask: matching({ orders: [ref('o1'), ref('o1')] }),
  },
  AmountTooLarge: {
    when: 'the money for an order cannot be counted',
    ask: submit('BetaMSP', 'Orders:Place', {
      ...{ ...sell, side: 'buy', account: 'B-1', quantity: '1000000000000', price: '1000000000000' },
    }),
  },
  AmountTooSmall: {
    when: 'a security costs a tenth of a yen',
    ask: submit('BetaMSP', 'Orders:Place', { ...sell, side: 'buy', account: 'B-1', isin: obayashi, price: '1' }),
  },
  TradeCaptured: {
    given: recorded(['CsdMSP', 'Orders:CaptureTrades', { id: 'c', trades: [captured] }]),
    when: 'a trade of an outside engine comes again under another instruction',
    ask: submit('ExchangeMSP', 'Orders:CaptureTrades', { id: 'c2', trades: [captured] }),
  },
  TradeRecorded: {
    given: tradeRecorded,
    when: 'the other party records the same trade too',
    ask: submit('BetaMSP', 'Orders:RecordTrade', { ...trade, counterparty: 'AlphaMSP', side: 'buy', account: 'B-1' }),
  },
  TradeUnknown: {
    when: 'a trade is affirmed that nobody recorded',
    ask: submit('BetaMSP', 'Orders:AffirmTrade', affirmation),
  },
  TradeNotOpen: {
    given: tradeRejected,
    when: 'a rejected trade is affirmed',
    ask: submit('BetaMSP', 'Orders:AffirmTrade', affirmation),
  },
  TradeNotCancellable: {
    given: tradeRejected,
    when: 'a rejected trade is cancelled',
    ask: async (day) => day.submit('AlphaMSP', 'Orders:CancelTrade', { page: await pageOf(day), number: 0 }),
  },
  TradeMismatch: {
    given: tradeRecorded,
    when: 'the amounts differ',
    ask: submit('BetaMSP', 'Orders:AffirmTrade', { ...affirmation, amount: '425001' }),
  },
} satisfies Readonly<Record<string, Provocation>>;
