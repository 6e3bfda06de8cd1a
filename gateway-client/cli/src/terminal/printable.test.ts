import { describe, expect, test } from '@jest/globals';
import { RejectedError } from '@kessai/gateway-client';
import type { Json } from '@kessai/interface';
import { InputError } from '../input';
import { jsonText } from './json-text';
import { printableLine, printableText } from './printable';
import { Terminal } from './terminal';
import { textTable } from './text-table';

/** What somebody might call an account to deceive whoever reads the register: clears the screen, turns the direction, hides, forges a line. */
const hostile = 'A\u001b[2J\u202e\u200b\u009b1m\nTotal 0\u{e0041}';
const shown = 'A\\u001b[2J\\u202e\\u200b\\u009b1m\\u000aTotal 0\\udb40\\udc41';

/** Nothing but what shows, and line breaks. */
function expectHarmless(text: string): void {
  expect(text).not.toMatch(/[^\n\P{C}]|[\u2028\u2029]/u);
}

function terminal(isTTY = false) {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    isTTY,
    write: (text: string) => {
      written[name] += text;
    },
  });
  return { written, terminal: new Terminal({ out: stream('out'), err: stream('err') }) };
}

describe('text from outside', () => {
  test('is escaped where it does not show, and stays what it is where it does', () => {
    expect(printableLine(hostile)).toBe(shown);
    const names = '信越化学 ﾄﾖﾀ か\u3099 Müller – 葛\u{e0100}飾';
    expect(printableLine(names)).toBe(names);
    expect(printableLine('\ud842')).toBe('\\ud842');
  });

  test('of several lines keeps its lines and the colours of a terminal, and nothing else that a terminal obeys', () => {
    const text = 'a\n\tb \u001b[1;32mgreen\u001b[0m \u001b[2J \u001b]0;title\u0007 \r';
    expect(printableText(text)).toBe('a\n\tb \u001b[1;32mgreen\u001b[0m \\u001b[2J \\u001b]0;title\\u0007 \\u000d');
  });

  test.each<readonly [string, (value: Json) => string]>([
    ['a table', (value) => textTable([{ title: 'Name' }], [[value as string]])],
    ['an answer', (value) => jsonText({ name: value })],
    ['an answer of a list', (value) => jsonText([{ name: value, nested: { name: value } }])],
    ['a list of texts', (value) => jsonText([value])],
  ])('takes its own line and no other in %s', (_what, textOf) => {
    const text = textOf(hostile);
    expect(text).toContain(shown);
    expect(text.split('\n')).toHaveLength(textOf('A').split('\n').length);
    expectHarmless(text);
  });
});

describe('a command prints nothing that a terminal obeys', () => {
  const rejections = [
    { code: 'FieldUnknown', field: hostile, reason: 'is not a field here' },
    { code: 'MethodUnknown', method: hostile },
    { code: 'TradeMismatch', field: 'amount', recorded: hostile, affirmed: '1' },
    { code: 'CertificateRestricted', attribute: hostile },
  ] as unknown as ConstructorParameters<typeof RejectedError>[0][];

  test.each(rejections)('in what the market refuses: $code', (rejection) => {
    for (const asJson of [false, true]) {
      const { written, terminal: at } = terminal();
      at.fail(asJson, new RejectedError(rejection, false));
      expectHarmless(written.out + written.err);
      if (!asJson) expect(written.err).not.toContain('\nTotal 0');
    }
  });

  test('in what is wrong with a file', () => {
    const { written, terminal: at } = terminal();
    at.fail(false, new InputError([{ file: 'a.csv', line: 1, column: 1, field: hostile, reason: `is ${hostile}` }]));
    expectHarmless(written.err);
    expect(written.err.trimEnd().split('\n')).toHaveLength(2);
  });

  test('in what was not foreseen, in progress, in notes and results', () => {
    const { written, terminal: at } = terminal();
    at.progress.step(hostile);
    at.note(hostile);
    at.print(hostile);
    at.result(false, {}, () => hostile);
    at.fail(false, new Error(hostile));
    expectHarmless(written.out + written.err);
  });

  test('in JSON, whose value stays the same', () => {
    const { written, terminal: at } = terminal();
    const document = { name: hostile, isin: 'JP3371200001' };
    at.result(true, document, () => '');
    expectHarmless(written.out);
    expect(JSON.parse(written.out)).toEqual(document);
  });
});
