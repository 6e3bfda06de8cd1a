import { type JsonObject, type MspId, inboxOf, isRejection, type marketRejections, sealedKey } from '@kessai/interface';
import { type SampleDay, type Submission, obayashi, sampleFounding, shinEtsu, yen } from '@kessai/ledger/tools';

type Code = keyof typeof marketRejections;

/** What only the deployed chaincode refuses, or a contract that has a defect: the tests that provoke it. */
export const provokedElsewhere = {
  ArgumentsNotAllowed: 'chaincode/host/src/chaincode.test.ts',
  SealedOnly: 'chaincode/host/src/chaincode.test.ts',
  CollectionNotHeld: 'chaincode/host/src/stub-state.test.ts',
  CollectionUndefined: 'chaincode/host/src/stub-state.test.ts',
  SubmissionSuspected: 'chaincode/ledger/src/kernel/cycle.test.ts',
  InstructionFailed: 'chaincode/ledger/src/kernel/instruction.test.ts',
} as const satisfies Partial<Record<Code, string>>;

type Given = (day: SampleDay) => Promise<void>;

export interface Provocation {
  readonly when: string;
  readonly given?: Given;
  readonly ask: (day: SampleDay) => Promise<unknown>;
  /** On a ledger on which nothing has been founded. */
  readonly before?: 'founding';
  /** What is refused stands in a cycle with an instruction that is not. */
  readonly beside?: string;
}

const submit =
  (caller: string, method: string, request: JsonObject): Provocation['ask'] =>
  (day) =>
    day.market.submit(caller, method, request);
const evaluate =
  (caller: string, method: string, request: JsonObject): Provocation['ask'] =>
  (day) =>
    day.market.evaluate(caller, method, request);
const recorded =
  (...calls: readonly (readonly [string, string, JsonObject])[]): Given =>
  async (day) => {
    for (const [caller, method, request] of calls) await day.record(caller, method, request);
  };

const order = { orderId: 'o1', isin: shinEtsu, side: 'sell', account: 'A-1', quantity: '100', price: '42500' } as const;
export const sell = { ...order, timeInForce: 'day' };
const mint = { id: 'm', currency: 'JPY', to: { institution: 'BetaMSP', account: 'B-1' }, depositReference: 'D' };
const transfer = { id: 't', isin: shinEtsu, from: 'A-1', to: 'A-2', quantity: '100' };
const admission = { mspId: 'DeltaMSP', role: 'institution', name: 'Delta' };
const agreed = { isin: shinEtsu, quantity: '100', amount: '425000' };
const trade = { ...agreed, tradeId: 't1', counterparty: 'BetaMSP', side: 'sell', account: 'A-1' };
const affirmation = { ...agreed, recordedBy: 'AlphaMSP', tradeId: 't1', side: 'buy', account: 'B-1' };
const split = {
  ...{ kind: 'stock-split', isin: shinEtsu, recordDate: '2023-03-01', supplyCap: '10000000', residue: 'TREASURY' },
  ratio: { numerator: '5', denominator: '1' },
};
const dividend = {
  ...{ kind: 'cash-dividend', isin: shinEtsu, recordDate: '2023-03-01', unit: yen, payer: 'TREASURY' },
  rate: { numerator: '1', denominator: '1' },
};
const event = { issuer: 'IssuerMSP', eventId: 'e' };

const placed = recorded(['AlphaMSP', 'Orders:Place', sell]);
const standing = async (day: SampleDay): Promise<void> => {
  await placed(day);
  await day.record('CsdMSP', 'Orders:Match', { id: 'x1', isin: shinEtsu, orders: [ref('o1')] });
};
const tradeRecorded = recorded(['AlphaMSP', 'Orders:RecordTrade', trade]);
const tradeRejected = recorded(
  ['AlphaMSP', 'Orders:RecordTrade', trade],
  ['BetaMSP', 'Orders:RejectTrade', { recordedBy: 'AlphaMSP', tradeId: 't1', reason: 'Not ours' }],
);
const closed = (day: SampleDay): Promise<void> => day.advance('closed');
const announced =
  (terms: JsonObject): Given =>
  async (day) => {
    await day.record('IssuerMSP', 'CorporateActions:Announce', { eventId: 'e', terms });
    await day.advance('closed');
  };
const atRecordDate =
  (terms: JsonObject): Given =>
  async (day) => {
    await announced(terms)(day);
    await day.record('CcpMSP', 'Registry:Snapshot', { isin: shinEtsu });
  };

function ref(orderId: string, institution = 'AlphaMSP'): JsonObject {
  return { institution, orderId };
}

function matching(request: JsonObject): Provocation['ask'] {
  return submit('CsdMSP', 'Orders:Match', { id: 'x2', isin: shinEtsu, orders: [ref('o1')], ...request });
}

function announcing(terms: JsonObject): Provocation['ask'] {
  return submit('IssuerMSP', 'CorporateActions:Announce', { eventId: 'e', terms });
}

function nested(depth: number): JsonObject {
  return depth === 0 ? {} : { deeper: nested(depth - 1) };
}

/** A split whose record date is over may be paid out at any later close: the only thing that changes securities then. */
const splitToPay: Given = async (day) => {
  await atRecordDate(split)(day);
  await day.openDay('2023-03-02');
  await day.advance('closed');
};

async function payOf(day: SampleDay, institution: string): Promise<JsonObject> {
  const { pages } = await day.ask<{ readonly pages: readonly { institution: string; page: number }[] }>(
    'CsdMSP',
    'CorporateActions:Pages',
    event,
  );
  const own = pages.filter((one) => one.institution === institution);
  return { ...event, pages: own.map(({ page }) => ({ institution, page })) };
}

/** The page of the bilateral trade. */
async function pageOf(day: SampleDay): Promise<string> {
  const { instructions } = await day.ask<{ readonly instructions: readonly { readonly page: string }[] }>(
    'CcpMSP',
    'Settlement:Instructions',
  );
  return instructions[0]?.page ?? '';
}

/** A cycle that an operator makes by hand. */
function cycle(number: number, submissions: readonly JsonObject[] = []): Provocation['ask'] {
  return async (day) => {
    const { number: last } = await day.ask<{ readonly number: number }>('CsdMSP', 'Market:Progress');
    return day.market.decideCycle({ number: last + number, submissions } as never);
  };
}

/** A submission of Alpha whose order a cycle takes. */
function sealed(day: SampleDay, terms: { readonly goodUntil?: string } = {}): Submission {
  const submission = day.market.seal('AlphaMSP', [{ method: 'Orders:Place', request: sell, ...terms }]);
  if (isRejection(submission)) throw new Error(submission.code);
  return submission;
}

/** The last of what became of the instructions. */
async function executed(day: SampleDay, submissions: readonly Submission[]): Promise<unknown> {
  return (await day.market.cycle(submissions)).at(-1);
}

export const provocations: Readonly<Record<Exclude<Code, keyof typeof provokedElsewhere>, Provocation>> = {
  MethodUnknown: { when: 'a method is sealed that there is not', ask: submit('AlphaMSP', 'Orders:Steal', {}) },
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
  CallerNotClient: {
    when: 'a peer signs',
    ask: (day) =>
      day.market.submit({ mspId: 'AlphaMSP', nodeRole: 'peer', restriction: undefined } as never, 'Orders:Place', sell),
  },
  CertificateRestricted: {
    when: 'a viewer places an order',
    ask: (day) =>
      day.market.submit(
        { mspId: 'AlphaMSP', nodeRole: 'client', restriction: 'viewer' } as never,
        'Orders:Place',
        sell,
      ),
  },
  MarketNotFounded: {
    before: 'founding',
    when: 'the clock is read before there is a market',
    ask: evaluate('AlphaMSP', 'Registry:Clock', {}),
  },
  CallerUnknown: { when: 'no member calls', ask: submit('DeltaMSP', 'Orders:Place', sell) },
  RoleNotAllowed: { when: 'an issuer places an order', ask: submit('IssuerMSP', 'Orders:Place', sell) },
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
  SentDirectly: {
    when: 'what is a transaction of its own is sealed',
    ask: submit('CsdMSP', 'Market:Cycle', { number: 1, submissions: [] }),
  },
  InstructionExpired: {
    when: 'the cycle comes after the time until which an order is good',
    ask: async (day) => executed(day, [sealed(day, { goodUntil: '2023-03-01T00:00:00.000Z' })]),
  },
  SubmissionQuarantined: {
    when: 'the operators set a submission aside',
    ask: async (day) => {
      const setAside = { ...sealed(day), quarantined: true };
      return executed(day, [setAside]);
    },
  },
  SubmissionMalformed: {
    when: "a member's own peer put something else into its inbox",
    ask: async (day) => {
      const submission = sealed(day);
      const at = { collection: inboxOf('AlphaMSP' as MspId), key: sealedKey(submission.transactionId) };
      day.market.ledger.commit({ versions: new Map() }, [{ ...at, value: '{"salt":"","orders":[]}' }]);
      return executed(day, [submission]);
    },
  },
  CycleAhead: { when: 'a cycle is left out', ask: cycle(2) },
  SubmissionOutOfOrder: {
    when: 'a cycle takes what an earlier one has taken',
    ask: async (day) => {
      const { cycles } = await day.ask<{ readonly cycles: readonly { readonly submissions: readonly JsonObject[] }[] }>(
        'CsdMSP',
        'Market:Cycles',
        { from: 1, limit: 1 },
      );
      return cycle(1, cycles[0]?.submissions)(day);
    },
  },
  SubmissionUnknown: {
    when: 'a cycle takes what nobody sealed',
    ask: cycle(1, [{ member: 'AlphaMSP', transactionId: 'f'.repeat(64), place: { block: 999_999, transaction: 0 } }]),
  },
  FounderUnknown: {
    before: 'founding',
    when: 'an organisation founds the market that was not deployed as a founder',
    ask: submit('AlphaMSP', 'Registry:Found', sampleFounding),
  },
  AlreadyFounded: {
    when: 'the market is founded again',
    ask: submit('CsdMSP', 'Registry:Found', { ...sampleFounding, id: 'again' }),
  },
  FounderMissing: {
    before: 'founding',
    when: 'the founder leaves itself out',
    ask: submit('CsdMSP', 'Registry:Found', { ...sampleFounding, operators: [{ mspId: 'CcpMSP', name: 'CCP' }] }),
  },
  DuplicateMember: {
    before: 'founding',
    when: 'an operator is named twice',
    ask: submit('CsdMSP', 'Registry:Found', {
      ...sampleFounding,
      operators: [
        { mspId: 'CsdMSP', name: 'CSD' },
        { mspId: 'CsdMSP', name: 'CSD' },
      ],
    }),
  },
  InstitutionMissing: {
    when: 'an operator does not say whose holdings it asks for',
    ask: evaluate('CsdMSP', 'Registry:Holdings', {}),
  },
  ClockMoved: {
    when: 'the clock is advanced from where it no longer stands',
    ask: submit('CsdMSP', 'Registry:AdvanceClock', { from: 0, businessDate: '2023-03-01', phase: 'matching' }),
  },
  ClockTooEarly: {
    when: 'an operator whose clock is ahead ends a phase before it is due',
    ask: async (day) => {
      const { sequence: from, businessDate } = await day.clock();
      const due = { from, businessDate, phase: 'matching', notBefore: '2999-01-01T00:00:00.000Z' };
      return day.submit('CsdMSP', 'Registry:AdvanceClock', due);
    },
  },
  ClockBackwards: {
    given: (day) => day.advance('matching'),
    when: 'the day is to begin again',
    ask: async (day) => {
      const { sequence: from, businessDate } = await day.clock();
      return day.submit('CsdMSP', 'Registry:AdvanceClock', { from, businessDate, phase: 'open' });
    },
  },
  NotABusinessDay: {
    given: (day) => day.advance('closed'),
    when: 'a Saturday is to be opened',
    ask: async (day) => {
      const { sequence: from } = await day.clock();
      return day.submit('CsdMSP', 'Registry:AdvanceClock', { from, businessDate: '2023-03-04', phase: 'open' });
    },
  },
  CalendarMissing: {
    when: 'business days are asked for of a year whose holidays nobody named',
    ask: evaluate('AlphaMSP', 'Registry:Calendar', {}),
  },
  BusinessDateTooFar: {
    given: (day) => day.advance('closed'),
    when: 'a mistyped year is to be opened',
    ask: async (day) => {
      const { sequence: from } = await day.clock();
      return day.submit('CsdMSP', 'Registry:AdvanceClock', { from, businessDate: '2204-04-02', phase: 'open' });
    },
  },
  SplitUnfinished: {
    given: async (day) => {
      await atRecordDate(split)(day);
      await day.record('CsdMSP', 'CorporateActions:Pay', await payOf(day, 'AlphaMSP'));
    },
    when: 'the market is to open while a split has reached some of its holders',
    ask: async (day) => {
      const { sequence: from } = await day.clock();
      return day.submit('CsdMSP', 'Registry:AdvanceClock', { from, businessDate: '2023-03-02', phase: 'open' });
    },
  },
  AsOfTooEarly: {
    when: 'the register is asked for as of before there was one',
    ask: evaluate('IssuerMSP', 'Registry:Register', { isin: shinEtsu, asOf: '2000-01-01T00:00:00.000Z' }),
  },
  AsOfInFuture: {
    when: 'the register is asked for as of tomorrow',
    ask: evaluate('IssuerMSP', 'Registry:Register', { isin: shinEtsu, asOf: '2030-01-01T00:00:00.000Z' }),
  },
  NotYourInstrument: {
    when: "an issuer asks for another's register",
    ask: evaluate('OtherIssuerMSP', 'Registry:Register', { isin: shinEtsu }),
  },
  SnapshotInstitution: {
    given: closed,
    when: 'a snapshot is asked of a bank',
    ask: submit('CsdMSP', 'Registry:Snapshot', { isin: shinEtsu, institutions: ['TrustBankMSP'] }),
  },
  ClockTickNeeded: {
    given: splitToPay,
    when: 'balances have changed in the same cycle',
    beside: 'the payment of a split',
    ask: async (day) => {
      const pay = { method: 'CorporateActions:Pay', request: await payOf(day, 'AlphaMSP') };
      const both = day.market.seal('CsdMSP', [pay, { method: 'Registry:Snapshot', request: { isin: shinEtsu } }]);
      return isRejection(both) ? both : executed(day, [both]);
    },
  },
  DayNotOver: {
    given: closed,
    when: 'the register of the next day is to be kept',
    ask: submit('CsdMSP', 'Registry:Snapshot', { isin: shinEtsu, businessDate: '2023-03-02' }),
  },
  SnapshotTooLate: {
    given: async (day) => {
      await day.market.skipCycles(30_000);
      await day.advance('closed');
      await day.openDay('2023-03-02');
      await day.advance('closed');
    },
    when: 'the register of an earlier day is to be made from thirty thousand cycles',
    ask: submit('CsdMSP', 'Registry:Snapshot', { isin: shinEtsu, businessDate: '2023-03-01' }),
  },
  SupplyCapExceeded: {
    when: 'more is issued than authorised',
    ask: submit('CsdMSP', 'Securities:Issue', { id: 'i', isin: shinEtsu, account: 'TREASURY', quantity: '1000001' }),
  },
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
      await day.openDay('2023-03-02');
    },
    when: 'an outside engine brings a trade of before a split',
    ask: submit('CsdMSP', 'Orders:CaptureTrades', {
      id: 'c',
      trades: [
        {
          ...{ tradeId: 'c1', time: '2023-03-01T00:00:00.000Z', isin: shinEtsu, quantity: '100', price: '42500' },
          seller: { institution: 'AlphaMSP', account: 'A-1' },
          buyer: { institution: 'BetaMSP', account: 'B-1' },
        },
      ],
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
  NotIssuerOf: {
    when: "an issuer splits another's shares",
    ask: submit('OtherIssuerMSP', 'CorporateActions:Announce', { eventId: 'e', terms: split }),
  },
  RatioNotForward: {
    when: 'a split gives less than there was',
    ask: announcing({ ...split, ratio: { numerator: '1', denominator: '10' } }),
  },
  RateZero: {
    when: 'a dividend gives nothing',
    ask: announcing({ ...dividend, rate: { numerator: '0', denominator: '1' } }),
  },
  RatioTooLarge: {
    when: 'the tax is more than the dividend',
    ask: announcing({
      ...dividend,
      withholding: [{ rate: { numerator: '2', denominator: '1' }, account: 'TAX' }],
    }),
  },
  RecordDatePassed: {
    when: 'the record date is yesterday',
    ask: announcing({ ...dividend, recordDate: '2023-02-28' }),
  },
  EventAnnounced: {
    given: recorded(['IssuerMSP', 'CorporateActions:Announce', { eventId: 'first', terms: dividend }]),
    when: 'the same dividend is announced under another id',
    ask: announcing(dividend),
  },
  SplitOpen: {
    given: recorded(['IssuerMSP', 'CorporateActions:Announce', { eventId: 'first', terms: split }]),
    when: 'a split is announced while another has not been completed',
    ask: announcing({ ...split, recordDate: '2023-03-02' }),
  },
  RegisterBeforeSplit: {
    given: async (day) => {
      await splitToPay(day);
      await day.record('CsdMSP', 'Registry:Snapshot', { isin: shinEtsu });
      await day.payEvent('IssuerMSP', 'e');
    },
    when: 'a split is announced for the day on which another was completed',
    ask: submit('IssuerMSP', 'CorporateActions:Announce', {
      ...{ eventId: 'next', terms: { ...split, recordDate: '2023-03-02', supplyCap: '50000000' } },
    }),
  },
  EventUnknown: {
    given: closed,
    when: 'an event is run that was never announced',
    ask: submit('CsdMSP', 'CorporateActions:Complete', event),
  },
  EventWithdrawn: {
    given: async (day) => {
      await atRecordDate(dividend)(day);
      await day.record('IssuerMSP', 'CorporateActions:Withdraw', { eventId: 'e' });
    },
    when: 'an event is run that was withdrawn',
    ask: submit('CsdMSP', 'CorporateActions:Complete', event),
  },
  EventStarted: {
    given: async (day) => {
      await atRecordDate(dividend)(day);
      await day.payEvent('IssuerMSP', 'e');
    },
    when: 'an event is withdrawn that has been paid',
    ask: submit('IssuerMSP', 'CorporateActions:Withdraw', { eventId: 'e' }),
  },
  SnapshotMissing: {
    given: announced(dividend),
    when: 'an event is run before the register at its record date is kept',
    ask: submit('CsdMSP', 'CorporateActions:Pay', { ...event, pages: [{ institution: 'AlphaMSP', page: 0 }] }),
  },
  EventPageUnknown: {
    given: atRecordDate(dividend),
    when: 'a page is paid that the register has not',
    ask: submit('CsdMSP', 'CorporateActions:Pay', { ...event, pages: [{ institution: 'AlphaMSP', page: 2 }] }),
  },
  PagesUnpaid: {
    given: atRecordDate(dividend),
    when: 'an event is completed that nobody was paid for',
    ask: submit('CsdMSP', 'CorporateActions:Complete', event),
  },
  CapTooLow: {
    when: 'the split needs more than it authorises',
    ask: announcing({ ...split, supplyCap: '1' }),
  },
};
