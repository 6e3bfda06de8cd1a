import type { JsonObject } from '@kessai/interface';
import { type Audit, type Call, obayashi, sampleAccounts, shinEtsu, yen } from '@kessai/ledger/tools';

const askers = [
  ...['ExchangeMSP', 'CsdMSP', 'AlphaMSP', 'BetaMSP', 'GammaMSP'],
  ...['TrustBankMSP', 'IssuerMSP', 'OtherIssuerMSP', 'AuditorMSP'],
];
const isins = [shinEtsu, obayashi];
const events = [
  { issuer: 'IssuerMSP', eventId: 'dividend-1' },
  { issuer: 'OtherIssuerMSP', eventId: 'split-1' },
  { issuer: 'OtherIssuerMSP', eventId: 'dividend-1' },
];

/** Every question of the market, by every organisation: those that are answered, and those that are refused. */
export function queriesOf({ trades }: Audit): readonly Call[] {
  const order = { orderId: 'asked', isin: shinEtsu, side: 'sell', account: 'A-1', quantity: '100', timeInForce: 'day' };
  const pages = [...new Set(trades.map(({ page }) => page))].slice(0, 3);
  const owners = [undefined, ...askers.slice(2, 8)];
  const ofInstitution = (further: JsonObject = {}): JsonObject[] =>
    owners.map((institution) => ({ ...further, ...(institution === undefined ? {} : { institution }) }));
  const requests: readonly (readonly [string, readonly JsonObject[]])[] = [
    ['Market:Progress', [{}]],
    ['Market:Advices', owners.map((member) => ({ from: 1, limit: 5, ...(member === undefined ? {} : { member }) }))],
    ['Market:Cycles', [{ from: 1, limit: 3 }]],
    [
      'Market:Check',
      [
        { method: 'Orders:Place', request: { ...order, price: '42500' } },
        { method: 'Orders:Place', request: { ...order, price: '42500', quantity: '99999999900' } },
        { method: 'Registry:OpenAccount', request: { account: 'A-1', name: 'Canary Aoki of Alpha', kind: 'client' } },
      ],
    ],
    ['Registry:Policy', [{}]],
    ['Registry:Calendar', [{}]],
    ['Registry:Members', [{}]],
    ['Registry:Accounts', ofInstitution()],
    ['Registry:Clock', [{}]],
    ['Registry:Register', isins.map((isin) => ({ isin }))],
    ['Registry:Holdings', [...ofInstitution(), ...sampleAccounts.map(({ account }) => ({ account }))]],
    ['Registry:Statement', [...ofInstitution(), ...ofInstitution({ from: '2023-03-02', to: '2023-03-03' })]],
    ['Registry:Supply', [{}]],
    ['Securities:Instruments', [{}]],
    ['MoneyTokens:Monies', [{}]],
    ['MoneyTokens:Outstanding', [{}, { unit: yen }]],
    ['Orders:Pending', isins.map((isin) => ({ isin }))],
    ['Orders:Board', isins.map((isin) => ({ isin }))],
    ['Orders:Orders', [...ofInstitution(), { isin: shinEtsu }]],
    ['Orders:Trades', [...ofInstitution(), { status: 'pending' }, { status: 'settled' }]],
    ['Settlement:Instructions', [{}, { isin: obayashi }, { status: 'matched' }, ...pages.map((page) => ({ page }))]],
    ['CorporateActions:Pages', events],
    ['CorporateActions:Events', [{}, { issuer: 'IssuerMSP' }, { issuer: 'OtherIssuerMSP' }]],
    ['CorporateActions:Entitlements', events],
  ];
  return requests.flatMap(([method, forms]) =>
    forms.flatMap((request) => askers.map((caller) => ({ caller, method, request }))),
  );
}
