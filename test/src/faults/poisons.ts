import type { Json, JsonObject } from '@kessai/interface';

type Account = Readonly<Record<string, Json>>;

export function account(id: string, more: Account = {}): JsonObject {
  return { method: 'Registry:OpenAccount', request: { account: id, name: id, kind: 'client', ...more } };
}

function payment(id: string, amount: Json, more: Account = {}): JsonObject {
  const to = { institution: 'BetaMSP', account: 'HOUSE' };
  return {
    method: 'MoneyTokens:Transfer',
    request: { id, unit: 'JPY@TrustBankMSP', from: 'HOUSE', to, amount, ...more },
  };
}

export const call = (method: string, request: Json = {}): JsonObject => ({ method, request });

function nested(depth: number): Json {
  return depth === 0 ? 'deep' : { name: nested(depth - 1) };
}

export interface Poisoned {
  readonly what: string;
  readonly instructions: readonly JsonObject[];
  /** What becomes of each: an outcome, or the code of the rejection. */
  readonly become: readonly string[];
}

const one = (what: string, instruction: JsonObject, become: string): Poisoned => ({
  what,
  instructions: [instruction],
  become: [become],
});

/** What a member can seal and should not. */
export const poisons: readonly Poisoned[] = [
  one('a method that its contract lacks', call('Registry:Nothing'), 'MethodUnknown'),
  one('a contract that there is none of', call('Nowhere:Nothing'), 'MethodUnknown'),
  one('a name that objects inherit', call('Registry:constructor'), 'MethodUnknown'),
  one('no name of a method', call('x'.repeat(200)), 'MethodUnknown'),
  one('a query', call('Registry:Clock'), 'MethodUnknown'),
  one('a cycle', call('Market:Cycle', { number: 1, submissions: [] }), 'SentDirectly'),
  one('a submission', call('Market:Instruct', { salt: '00'.repeat(32), instructions: [] }), 'SentDirectly'),
  one('a founding', call('Registry:Found'), 'SentDirectly'),
  one(
    'another role’s act',
    call('Registry:AdvanceClock', { from: 1, businessDate: '2023-03-31', phase: 'open' }),
    'RoleNotAllowed',
  ),
  one('a request that is null', call('Registry:OpenAccount', null), 'FieldType'),
  one('a request that is a list', call('Registry:OpenAccount', []), 'FieldType'),
  one('a request that is a text', call('Registry:OpenAccount', '{}'), 'FieldType'),
  one('a request without its fields', call('Registry:OpenAccount'), 'FieldMissing'),
  one('a field that there is none of', account('A-1', { more: true }), 'FieldUnknown'),
  one(
    'a field with an inherited name',
    call('Registry:OpenAccount', JSON.parse('{"__proto__":{}}') as Json),
    'FieldUnknown',
  ),
  one('a number for a text', account('A-1', { name: 7 }), 'FieldType'),
  one('a number for an amount', payment('P-1', 1), 'FieldType'),
  one('an amount below nothing', payment('P-1', '-1'), 'FieldOutOfRange'),
  one('an amount of forty digits', payment('P-1', '9'.repeat(40)), 'FieldOutOfRange'),
  one('a payment without an account', payment('P-1', '1'), 'AccountUnknown'),
  one('a request nested as deep as is read', call('Registry:OpenAccount', nested(12)), 'FieldMissing'),
  one('a name of two million letters', account('A-1', { name: 'x'.repeat(2_000_000) }), 'FieldTooLong'),
  one('one that has expired', { ...account('A-1'), goodUntil: '2000-01-01T00:00:00.000Z' }, 'InstructionExpired'),
  { what: 'nothing', instructions: [], become: [] },
  {
    what: 'the same id, again and for something else',
    instructions: [account('TWICE'), account('TWICE'), account('TWICE', { kind: 'house' })],
    become: ['created', 'exists', 'Conflict'],
  },
  {
    what: 'a thousand that are refused',
    instructions: Array.from({ length: 1_000 }, (_, index) => payment(`P-${index.toString()}`, '1')),
    become: Array.from({ length: 1_000 }, () => 'AccountUnknown'),
  },
];

/** What never gets as far as the ledger. */
export const notSealed: readonly { readonly what: string; readonly request: JsonObject }[] = [
  { what: 'a thousand and one', request: { instructions: Array.from({ length: 1_001 }, () => account('A-1')) } },
  { what: 'nested deeper than is read', request: { instructions: [call('Registry:OpenAccount', nested(40))] } },
  { what: 'longer than is read', request: { instructions: [account('A-1', { name: 'x'.repeat(5_000_000) })] } },
  { what: 'without a method', request: { instructions: [{ request: {} }] } },
  { what: 'with U+0000', request: { instructions: [account('A-1', { name: '\0' })] } },
  { what: 'no instructions at all', request: {} },
];
