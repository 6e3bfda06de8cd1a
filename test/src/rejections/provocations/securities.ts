import { shinEtsu } from '@kessai/ledger/tools';
import { type Provocation, submit } from './provocation';

export const ofSecurities = {
  SupplyCapExceeded: {
    when: 'more is issued than authorised',
    ask: submit('CsdMSP', 'Securities:Issue', { id: 'i', isin: shinEtsu, account: 'TREASURY', quantity: '1000001' }),
  },
} satisfies Readonly<Record<string, Provocation>>;
