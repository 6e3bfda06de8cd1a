import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

const network = join(__dirname, '..', '..');

test('the example of the package’s README compiles against the library as it is imported', () => {
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(network, 'README.md'), 'utf8'))?.[1] ?? '';
  expect(example).toContain('@kessai/network/admin');
  const name = join(network, 'readme-example.ts');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: ['node'],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => file === name || fileExists(file);
  host.readFile = (file) => (file === name ? example : readFile(file));
  const program = ts.createProgram([name], options, host);
  const said = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  expect(said).toEqual([]);
}, 60_000);
