import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ContractDefinition,
  type JsonSchema,
  type Method,
  type Methods,
  outcome,
  transientRequestKey,
} from '@kessai/interface';

interface SchemaReference {
  readonly $ref: string;
}

/** A transaction as Fabric's contract metadata describes it, and what Fabric's form does not know of a market's method. */
export interface TransactionMetadata {
  readonly name: string;
  readonly description: string;
  readonly tag: readonly string[];
  readonly parameters: readonly [];
  readonly returns: SchemaReference;
  /** The request: not a parameter, because arguments are public. */
  readonly transient?: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly schema: SchemaReference;
  }[];
  /** Of a method that changes the ledger: `sealed` in a `Market:Instruct`, whose submission a cycle executes, or sent `directly`. */
  readonly sent?: 'sealed' | 'directly';
  readonly roles?: readonly string[];
  readonly phases?: readonly string[];
}

interface Info {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly license?: { readonly name: string };
}

export interface ContractMetadata {
  readonly $schema: string;
  readonly info: Info;
  readonly contracts: Readonly<
    Record<
      string,
      { readonly name: string; readonly info: Info; readonly transactions: readonly TransactionMetadata[] }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema & { readonly $id: string }>> };
}

/** The contract that fabric-shim adds to every chaincode. */
export const systemContract = 'org.hyperledger.fabric';
export const metadataMethod = 'GetMetadata';

const outcomeSchema = 'Outcome';

/** What `org.hyperledger.fabric:GetMetadata` answers, so that a standard tool knows every method. */
export function contractMetadata(definitions: readonly ContractDefinition[]): ContractMetadata {
  const version = packageVersion();
  const described = definitions.map(({ name, summary, methods }): [string, ContractMetadata['contracts'][string]] => [
    name,
    {
      name,
      info: { title: name, version, description: summary },
      transactions: Object.entries(methods).map(([method, definition]) => transaction(name, method, definition)),
    },
  ]);
  return {
    $schema: 'https://hyperledger.github.io/fabric-chaincode-node/main/api/contract-schema.json',
    info: {
      title: 'Kessai market',
      version,
      description:
        'The post-trade core of a securities market: issue, hold, trade, settle, service, keep the register.',
      license: { name: 'Apache-2.0' },
    },
    contracts: { ...Object.fromEntries(described), [systemContract]: systemMetadata(version) },
    components: { schemas: Object.fromEntries(definitions.flatMap(({ name, methods }) => schemas(name, methods))) },
  };
}

function transaction(contract: string, name: string, method: Method): TransactionMetadata {
  return {
    name,
    description: method.summary,
    // What the decorators of fabric-contract-api write for a transaction that is submitted, or only evaluated.
    tag: method.kind === 'submit' ? ['SUBMIT', 'submitTx'] : ['EVALUATE'],
    parameters: [],
    returns: reference(method.kind === 'submit' ? outcomeSchema : responseSchema(contract, name)),
    transient: [
      {
        name: transientRequestKey,
        required: (method.request.schema.required ?? []).length > 0,
        schema: reference(requestSchema(contract, name)),
      },
    ],
    roles: method.roles,
    ...(method.kind === 'submit' ? { sent: method.sent, phases: method.phases } : {}),
  };
}

function systemMetadata(version: string): ContractMetadata['contracts'][string] {
  const description = 'What this chaincode can do.';
  return {
    name: systemContract,
    info: { title: systemContract, version, description },
    transactions: [
      { name: metadataMethod, description, tag: ['EVALUATE'], parameters: [], returns: reference(metadataSchema) },
    ],
  };
}

const metadataSchema = 'Metadata';

function schemas(
  contract: string,
  methods: Methods,
): readonly (readonly [string, JsonSchema & { readonly $id: string }])[] {
  const own = Object.entries(methods).flatMap(([name, { kind, request, response }]) => [
    component(requestSchema(contract, name), request.schema),
    ...(kind === 'evaluate' ? [component(responseSchema(contract, name), response.schema)] : []),
  ]);
  return [component(outcomeSchema, outcome.schema), component(metadataSchema, { type: 'object' }), ...own];
}

function component(name: string, schema: JsonSchema): readonly [string, JsonSchema & { readonly $id: string }] {
  return [name, { $id: name, ...draft4(schema) }];
}

/** Fabric's schema of metadata holds to draft 4 of JSON Schema, which knows no empty list of required members. */
function draft4(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema, (name, value: unknown) =>
    name === 'required' && Array.isArray(value) && value.length === 0 ? undefined : value,
  );
  return JSON.parse(text) as JsonSchema;
}

function reference(name: string): SchemaReference {
  return { $ref: `#/components/schemas/${name}` };
}

function requestSchema(contract: string, method: string): string {
  return `${contract}.${method}.Request`;
}

function responseSchema(contract: string, method: string): string {
  return `${contract}.${method}.Response`;
}

function packageVersion(): string {
  const manifest = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
