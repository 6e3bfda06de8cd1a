// Lints texts as if each were the named file, for the tests of the walls: jest cannot load the linter's configuration itself.
// Standard input: [{"file","text","typed"?}…]; standard output: {"packages","results":[["rule: message"…]…]}. Where `typed` is
// true the file must exist, and the rules that need types run too.
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { packages, root } from './walls.mjs';

async function lint(snippets) {
  const { ESLint } = await import('eslint');
  const { default: tseslint } = await import('typescript-eslint');
  const typed = new ESLint({ cwd: root });
  const untyped = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });
  const results = [];
  for (const snippet of snippets) {
    const linter = snippet.typed === true ? typed : untyped;
    const [result] = await linter.lintText(snippet.text, { filePath: join(root, snippet.file) });
    if (result === undefined) throw new Error(`${snippet.file} is not linted at all`);
    results.push(result.messages.map(({ ruleId, message }) => `${ruleId ?? 'fatal'}: ${message}`));
  }
  return results;
}

const snippets = JSON.parse(await text(process.stdin));
const results = snippets.length === 0 ? [] : await lint(snippets);
process.stdout.write(JSON.stringify({ packages, results }));
