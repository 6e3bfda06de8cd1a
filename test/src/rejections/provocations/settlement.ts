import { affirmation, pageOf, trade, tradeRejected } from './bilateral-trade';
import { type Provocation, recorded, submit } from './provocation';

export const ofSettlement = {
  NothingToSettle: { when: 'no trade is named', ask: submit('CcpMSP', 'Settlement:Settle', { id: 's' }) },
  PageUnknown: {
    when: 'a page is named that there is not',
    ask: submit('CcpMSP', 'Settlement:Settle', { id: 's', pages: ['999999'] }),
  },
  TradeNumberUnknown: {
    given: recorded(['AlphaMSP', 'Orders:RecordTrade', trade], ['BetaMSP', 'Orders:AffirmTrade', affirmation]),
    when: 'a page has no such trade',
    ask: async (day) => {
      const trades = [{ page: await pageOf(day), number: 1 }];
      return day.submit('CcpMSP', 'Settlement:Settle', { id: 's', trades });
    },
  },
  TradeNotMatched: {
    given: tradeRejected,
    when: 'a trade is settled that the other party has rejected',
    ask: async (day) => {
      const trades = [{ page: await pageOf(day), number: 0 }];
      return day.submit('CcpMSP', 'Settlement:Settle', { id: 's', trades });
    },
  },
} satisfies Readonly<Record<string, Provocation>>;
