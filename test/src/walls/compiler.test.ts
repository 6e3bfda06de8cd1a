import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { readPackages, root } from './house';

// What a pure package must not reach does not even compile in it, whatever its sources import: the probe is compiled together
// with all of them, since one import of a package that brings Node's types would open the wall for the whole program.
const outside = [
  'process.pid',
  'Buffer.alloc(1)',
  'setTimeout(() => undefined, 1)',
  "fetch('http://127.0.0.1')",
  "console.log('')",
  'performance.now()',
  'crypto.randomUUID()',
  "require('node:fs')",
  'structuredClone({})',
];
const inside = ['Math.max(1, 2)', '10n ** 18n', "new Map([['a', 1n]])", "'a'.codePointAt(0)", 'Promise.resolve(1)'];

const parsedSources = new Map<string, ts.SourceFile | undefined>();

/** The messages of the compiler about a probe that holds `expressions`, one a line: the line (from 0) and the text. */
function compile(folder: string, expressions: readonly string[]): readonly { line: number; text: string }[] {
  const directory = join(root, folder);
  const file = ts.readConfigFile(join(directory, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(file.config, ts.sys, directory);
  expect(errors).toEqual([]);
  const probe = join(directory, 'src', 'compiler-probe.ts');
  const text = expressions
    .map((expression, line) => `export const probe${line.toString()} = ${expression};\n`)
    .join('');

  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (path, target, ...rest) => {
    if (path === probe) return ts.createSourceFile(path, text, target);
    if (!parsedSources.has(path)) parsedSources.set(path, read(path, target, ...rest));
    return parsedSources.get(path);
  };
  const program = ts.createProgram(
    [...fileNames, probe],
    { ...options, noEmit: true, composite: false, incremental: false, declaration: false, declarationMap: false },
    host,
  );
  const source = program.getSourceFile(probe);
  if (source === undefined) throw new Error('The probe is not part of the program');
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((message) => ({
    line: source.getLineAndCharacterOfPosition(message.start ?? 0).line,
    text: ts.flattenDiagnosticMessageText(message.messageText, '\n'),
  }));
}

describe('the compiler holds the walls', () => {
  const packages = readPackages();

  test.each(packages.filter(({ pure }) => pure))('$name cannot name anything outside the language', ({ folder }) => {
    const refused = compile(folder, outside);
    for (const [line, expression] of outside.entries()) {
      expect({
        expression,
        refused: refused.filter((message) => message.line === line).map(({ text }) => text),
      }).toEqual({
        expression,
        refused: [expect.stringMatching(/^Cannot find name/)],
      });
    }
  });

  test.each(packages.filter(({ pure }) => pure))('$name has the whole language', ({ folder }) => {
    expect(compile(folder, inside)).toEqual([]);
  });

  test('the same compiles where Node is at hand', () => {
    expect(compile('chaincode/host', outside)).toEqual([]);
  });
});
