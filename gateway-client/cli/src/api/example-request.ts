import {
  type Json,
  type JsonObject,
  type JsonSchema,
  type Method,
  accountId,
  balance,
  bic,
  businessDate,
  businessId,
  currency,
  displayName,
  instant,
  isin,
  lei,
  mspId,
  price,
  quantity,
  signed,
  transactionId,
  unit,
} from '@kessai/interface';

/** A value of each form that a market has, such as stand in the market of `kessai up --sample`. */
const values = new Map<JsonSchema, Json>([
  [isin.schema, 'JP3371200001'],
  [lei.schema, '5493006MHB84DD0ZWV18'],
  [bic.schema, 'DEUTDEFF500'],
  [currency.schema, 'JPY'],
  [mspId.schema, 'AlphaMSP'],
  [accountId.schema, 'A-1003'],
  [businessId.schema, 'ID-1'],
  [businessDate.schema, '2023-03-31'],
  [instant.schema, '2023-03-31T06:00:00.000Z'],
  [unit.schema, 'JPY@TrustBankMSP'],
  [displayName.schema, 'A name'],
  [transactionId.schema, '0123456789abcdef'.repeat(4)],
  [quantity.schema, '100'],
  [balance.schema, '100'],
  [signed.schema, '100'],
  [price.schema, '21150'],
]);

/** A request of the method that has its form, with the fields that it must have: to begin with, not to send unread. */
export function requestOf({ request }: Method): JsonObject {
  return exampleOf(request.schema) as JsonObject;
}

function exampleOf(schema: JsonSchema): Json {
  const known = values.get(schema);
  if (known !== undefined) return known;
  const [first] = schema.oneOf ?? [];
  if (first) return exampleOf(first);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, exampleOf(schema.properties?.[name] ?? {})]),
      );
    case 'array':
      return schema.items === undefined ? [] : [exampleOf(schema.items)];
    case 'integer':
      return Math.max(schema.minimum ?? 0, 1);
    case 'boolean':
      return true;
    case 'string':
      return textOf(schema);
    default:
      return {};
  }
}

function textOf({ enum: choices, pattern = '', minLength = 1, maxLength = minLength }: JsonSchema): string {
  if (choices) return choices[0] ?? '';
  // Digits are of every form that is not a name of its own: whole numbers, hexadecimal, pages.
  if (pattern !== '') return '1'.repeat(minLength);
  return 'As agreed'.slice(0, maxLength);
}
