import { yen } from '@kessai/ledger/tools';
import { evaluate, mint, type Provocation, recorded, submit } from './provocation';

export const ofMoneyTokens = {
  UnitMismatch: {
    when: 'a money bears the name of another',
    ask: submit('CsdMSP', 'MoneyTokens:RegisterMoney', {
      ...{ unit: 'GBP@TrustBankMSP', currency: 'USD', issuer: 'TrustBankMSP', decimals: 2, registerPages: 1 },
    }),
  },
  ReferenceUsed: {
    given: recorded(['TrustBankMSP', 'MoneyTokens:Mint', { ...mint, amount: '1' }]),
    when: 'one deposit is credited under a second id',
    ask: submit('TrustBankMSP', 'MoneyTokens:Mint', { ...mint, amount: '1', id: 'm-2' }),
  },
  CurrencyUnknown: {
    when: 'gold is to be a money',
    ask: submit('CsdMSP', 'MoneyTokens:RegisterMoney', {
      ...{ unit: 'XAU@TrustBankMSP', currency: 'XAU', issuer: 'TrustBankMSP', decimals: 2, registerPages: 1 },
    }),
  },
  DecimalsWrong: {
    when: 'a dinar of Kuwait is to have a hundred parts and not a thousand',
    ask: submit('CsdMSP', 'MoneyTokens:RegisterMoney', {
      ...{ unit: 'KWD@TrustBankMSP', currency: 'KWD', issuer: 'TrustBankMSP', decimals: 2, registerPages: 1 },
    }),
  },
  NotYourMoney: {
    given: recorded([
      'CsdMSP',
      'Registry:AdmitMember',
      { mspId: 'OtherBankMSP', role: 'settlement-bank', name: 'Other Bank' },
    ]),
    when: "a bank asks who holds another bank's money",
    ask: evaluate('OtherBankMSP', 'MoneyTokens:Outstanding', { unit: yen }),
  },
} satisfies Readonly<Record<string, Provocation>>;
