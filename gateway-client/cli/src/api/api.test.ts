import { type JsonSchema, allMethods, decodeText } from '@kessai/interface';
import { describe, expect, test } from '@jest/globals';
import { requestOf } from './example-request';
import { fieldNotes } from './field-notes';
import { describeMethod } from './method-description';
import { methodText } from './method-text';
import { referencePages } from './reference-pages';
import { closest } from './suggestion';

const methods = allMethods();
const named = (name: string) => {
  const entry = methods.find(({ fullName }) => fullName === name);
  if (!entry) throw new Error(`There is no ${name}`);
  return entry;
};

describe('a method’s description', () => {
  test.each(methods)('of $fullName has a request that its definition accepts', ({ method }) => {
    expect(() => decodeText(method.request, JSON.stringify(requestOf(method)))).not.toThrow();
  });

  test.each(methods)('of $fullName names each field of its request and response once', (entry) => {
    const { request, response } = describeMethod(entry);
    for (const [fields, { schema }] of [
      [request, entry.method.request],
      [response, entry.method.response],
    ] as const) {
      const paths = fields.map(({ path }) => path);
      expect(new Set(paths).size).toBe(paths.length);
      expect(paths.filter((path) => !/[.[(]/.test(path))).toEqual(Object.keys(schema.properties ?? {}));
    }
  });

  test('says of a field what stands at its definition, however deep', () => {
    const { request } = describeMethod(named('Orders:CaptureTrades'));
    expect(request.find(({ path }) => path === 'trades[].time')?.note).toBe('When the engine made it.');
    const dividend = describeMethod(named('CorporateActions:Announce')).request;
    expect(dividend.find(({ path }) => path === 'terms(cash-dividend).payer')?.note).toContain('pays');
  });

  test('says who may call it, when, and whose approval it needs', () => {
    expect(describeMethod(named('Securities:Issue')).rules.join(' ')).toMatch(
      /operator, issuer.*open, matching.*`id`.*and the issuer/,
    );
    expect(describeMethod(named('Registry:Register')).rules.join(' ')).toMatch(/Only reads.*an operator/);
  });

  test('in a terminal has a command that is ready to be sent', () => {
    const text = methodText(describeMethod(named('Orders:Place')));
    expect(text).toContain('kessai call Orders:Place --as MSPID');
    expect(text).toContain('"isin":"JP3371200001"');
    expect(text).not.toContain('`');
  });
});

test('no comment of a field is lost on the way: each belongs to a field that is there', () => {
  const paths = new Set<string>();
  const collect = (schema: JsonSchema, at: string): void => {
    for (const [name, member] of Object.entries(schema.properties ?? {})) {
      const path = at.endsWith(' ') ? `${at}${name}` : `${at}.${name}`;
      paths.add(path);
      below(member, path);
    }
  };
  const below = (schema: JsonSchema, path: string): void => {
    if (schema.items) below(schema.items, `${path}[]`);
    for (const one of schema.oneOf ?? []) collect(one, `${path}(${one.properties?.['kind']?.enum?.[0] ?? ''})`);
    collect(schema, path);
  };
  for (const { fullName, method } of methods) {
    collect(method.request.schema, `${fullName} request `);
    collect(method.response.schema, `${fullName} response `);
  }
  expect(Object.keys(fieldNotes).filter((path) => !paths.has(path))).toEqual([]);
});

test('the reference has a page for each contract, and each method on it', () => {
  const pages = referencePages('made');
  for (const { contract, name, fullName } of methods) {
    expect(pages.get(`${contract}.md`)).toContain(`\n## ${name}\n`);
    expect(pages.get('README.md')).toContain(`\`${fullName}\``);
  }
});

describe('a name that was mistyped', () => {
  const known = methods.map(({ fullName }) => fullName);

  test.each([
    ['Orders:place', 'Orders:Place'],
    ['Order:Place', 'Orders:Place'],
    ['Place', 'Orders:Place'],
    ['registry:clok', 'Registry:Clock'],
    ['MoneyToken:Mint', 'MoneyTokens:Mint'],
    ['Securities.Transfer', 'Securities:Transfer'],
  ])('%s may mean %s', (typed, meant) => {
    expect(closest(typed, known)[0]).toBe(meant);
  });

  test.each(['', 'x', 'Weather:Forecast'])('%j means none', (typed) => {
    expect(closest(typed, known)).toEqual([]);
  });
});
