import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type JsonSchema, allMethods, contracts } from '@kessai/interface';
import { contractMetadata } from './metadata';
import { checkedMetadata } from './tools/check-metadata';

const metadata = contractMetadata(Object.values(contracts));
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-metadata-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe("the chaincode's metadata", () => {
  test("meets Fabric's schema of contract metadata", () => {
    const file = join(directory, 'metadata.json');
    writeFileSync(file, JSON.stringify(metadata));
    expect(checkedMetadata(file)).toEqual(JSON.parse(JSON.stringify(metadata)));
    // The check can fail: a transaction needs a name.
    writeFileSync(file, JSON.stringify(metadata).replaceAll('"name":"Found"', '"named":"Found"'));
    expect(() => checkedMetadata(file)).toThrow('does not match the schema');
  });

  test('states its version', () => {
    expect(metadata.info.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  test.each(allMethods().map(({ fullName, ...rest }) => [fullName, rest] as const))(
    '%s: a description, its tag, no parameters, and the schemas of request and response',
    (_fullName, { contract, name, method }) => {
      const described = metadata.contracts[contract]?.transactions.find((transaction) => transaction.name === name);
      expect(described).toMatchObject({
        description: method.summary,
        tag: method.kind === 'submit' ? ['SUBMIT', 'submitTx'] : ['EVALUATE'],
        parameters: [],
        roles: method.roles,
        ...(method.kind === 'submit' ? { sent: method.sent } : {}),
      });
      expect(schemaAt(described?.transient?.[0]?.schema.$ref)).toMatchObject(withoutEmptyLists(method.request.schema));
      expect(schemaAt(described?.returns.$ref)).toMatchObject(withoutEmptyLists(method.response.schema));
    },
  );

  test('describes no method that is not defined', () => {
    const described = Object.values(metadata.contracts).flatMap(({ name, transactions }) =>
      transactions.map((transaction) => `${name}:${transaction.name}`),
    );
    const defined = allMethods().map(({ fullName }) => fullName);
    expect(described.sort()).toEqual([...defined, 'org.hyperledger.fabric:GetMetadata'].sort());
  });
});

/** Draft 4 of JSON Schema, which Fabric's schema refers to, knows no empty list of required members. */
function withoutEmptyLists(schema: JsonSchema): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"required":[],', '')) as object;
}

function schemaAt(reference: string | undefined) {
  const name = reference?.replace('#/components/schemas/', '') ?? '';
  const schema = metadata.components.schemas[name];
  expect(schema?.$id).toBe(name);
  return schema;
}
