import type { JsonObject } from '@kessai/interface';
import { shinEtsu } from '@kessai/ledger/tools';
import { closed, cycle, evaluate, mint, order, placed, type Provocation, sell, submit } from './provocation';

const transfer = { id: 't', isin: shinEtsu, from: 'A-1', to: 'A-2', quantity: '100' };
const admission = { mspId: 'DeltaMSP', role: 'institution', name: 'Delta' };

function nested(depth: number): JsonObject {
  return depth === 0 ? {} : { deeper: nested(depth - 1) };
}

export const ofAny = {
  MethodUnknown: { when: 'a method is sealed that there is not', ask: submit('AlphaMSP', 'Orders:Steal', {}) },
  CallerNotClient: {
    when: 'a peer signs',
    ask: (day) =>
      day.market.submit({ mspId: 'AlphaMSP', nodeRole: 'peer', restriction: undefined } as never, 'Orders:Place', sell),
  },
  MarketNotFounded: {
    before: 'founding',
    when: 'the clock is read before there is a market',
    ask: evaluate('AlphaMSP', 'Registry:Clock', {}),
  },
  CallerUnknown: { when: 'no member calls', ask: submit('DeltaMSP', 'Orders:Place', sell) },
  RoleNotAllowed: { when: 'an issuer places an order', ask: submit('IssuerMSP', 'Orders:Place', sell) },
  CertificateRestricted: {
    when: 'a viewer places an order',
    ask: (day) =>
      day.market.submit(
        { mspId: 'AlphaMSP', nodeRole: 'client', restriction: 'viewer' } as never,
        'Orders:Place',
        sell,
      ),
  },
  TextTooLong: { when: 'a request is nested without end', ask: submit('AlphaMSP', 'Orders:Cancel', nested(20)) },
  TextMalformed: {
    when: 'a name holds U+0000',
    ask: submit('AlphaMSP', 'Registry:OpenAccount', { account: 'A-9', name: 'Aoki\0', kind: 'client' }),
  },
  FieldUnknown: {
    when: 'a field is none of the method',
    ask: submit('AlphaMSP', 'Orders:Place', { ...sell, stop: '1' }),
  },
  FieldMissing: { when: 'the time in force is left out', ask: submit('AlphaMSP', 'Orders:Place', order) },
  FieldType: { when: 'a quantity is a number', ask: submit('AlphaMSP', 'Orders:Place', { ...sell, quantity: 100 }) },
  FieldTooLong: {
    when: 'an id is longer than 35 characters',
    ask: submit('AlphaMSP', 'Orders:Place', { ...sell, orderId: 'o'.repeat(36) }),
  },
  TextUnprintable: {
    when: 'a client is given a name that turns the direction of what is written after it',
    ask: submit('AlphaMSP', 'Registry:OpenAccount', { account: 'A-9', name: 'Al\u202eahp', kind: 'client' }),
  },
  FieldMalformed: {
    when: 'a fraction is ordered',
    ask: submit('AlphaMSP', 'Orders:Place', { ...sell, quantity: '0.5' }),
  },
  FieldOutOfRange: {
    when: 'more than 2^63 - 1 is ordered',
    ask: submit('AlphaMSP', 'Orders:Place', { ...sell, quantity: '9223372036854775808' }),
  },
  IsinInvalid: {
    when: 'the check digit is wrong',
    ask: submit('AlphaMSP', 'Orders:Place', { ...sell, isin: 'JP3371200002' }),
  },
  LeiInvalid: {
    when: 'the check digits of an LEI are wrong',
    ask: submit('CsdMSP', 'Registry:AdmitMember', { ...admission, lei: '5493000IBP32UQZ0KL25' }),
  },
  BicInvalid: {
    when: 'a BIC names a country that there is not',
    ask: submit('CsdMSP', 'Registry:AdmitMember', { ...admission, bic: 'BOTKXXJT' }),
  },
  TimestampRefused: {
    given: async (day) => {
      day.market.wait(371 * 86_400_000);
      return Promise.resolve();
    },
    when: 'a cycle is dated more than a year after the last one',
    ask: cycle(1),
  },
  Conflict: {
    given: placed,
    when: 'the same order id comes with another quantity',
    ask: submit('AlphaMSP', 'Orders:Place', { ...sell, quantity: '200' }),
  },
  PhaseClosed: { given: closed, when: 'an order comes after the close', ask: submit('AlphaMSP', 'Orders:Place', sell) },
  MemberUnknown: {
    when: 'money is minted for an organisation that is no member',
    ask: submit('TrustBankMSP', 'MoneyTokens:Mint', {
      ...mint,
      to: { institution: 'DeltaMSP', account: 'D-1' },
      amount: '1',
    }),
  },
  MemberRole: {
    when: 'money is minted for an operator',
    ask: submit('TrustBankMSP', 'MoneyTokens:Mint', {
      ...mint,
      to: { institution: 'CsdMSP', account: 'C-1' },
      amount: '1',
    }),
  },
  NotYours: {
    when: 'an institution asks for the holdings of another',
    ask: evaluate('AlphaMSP', 'Registry:Holdings', { institution: 'BetaMSP' }),
  },
  AccountUnknown: {
    when: "an institution sells from another one's account",
    ask: submit('AlphaMSP', 'Orders:Place', { ...sell, account: 'B-1' }),
  },
  InstrumentUnknown: {
    when: 'an instrument was never registered',
    ask: submit('AlphaMSP', 'Orders:Place', { ...sell, isin: 'US0378331005' }),
  },
  MoneyUnknown: {
    when: 'a currency was never registered',
    ask: submit('TrustBankMSP', 'MoneyTokens:Mint', { ...mint, currency: 'USD', amount: '1' }),
  },
  SameAccount: {
    when: 'an account transfers to itself',
    ask: submit('AlphaMSP', 'Securities:Transfer', { ...transfer, to: 'A-1' }),
  },
  LotViolated: { when: 'half a lot is ordered', ask: submit('AlphaMSP', 'Orders:Place', { ...sell, quantity: '150' }) },
  HoldingInsufficient: {
    when: 'more is transferred than is held',
    ask: submit('AlphaMSP', 'Securities:Transfer', { ...transfer, quantity: '100001' }),
  },
  BalanceTooLarge: {
    when: 'more money is minted than can be counted',
    ask: submit('TrustBankMSP', 'MoneyTokens:Mint', { ...mint, amount: '9223372036854775807' }),
  },
} satisfies Readonly<Record<string, Provocation>>;
