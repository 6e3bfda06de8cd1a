// Makes what is said of the market's methods from their definitions in chaincode/interface and from the comments that stand there:
//   gateway-client/src/api-types.ts            the clients' types, with the comments that an editor shows
//   gateway-client/cli/src/api/field-notes.ts  the comments of fields, for `kessai api` and for the pages
//   docs/reference                             a page for each contract
//   gateway-client/cli/src/command-list.ts     the commands with their summaries, so that help loads none of them
// `npm run reference` writes them; with `--check` it says which differ from what would be written, and exits with 1.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import prettier from 'prettier';
import { tsc } from './compiler.mjs';
import { readDefinitions } from './definitions.mjs';
import { root } from './walls.mjs';

const require = createRequire(join(root, 'gateway-client', 'cli', 'package.json'));
const check = process.argv.includes('--check');
const made = 'Made by `npm run reference`: change the definitions in chaincode/interface instead.';

/** What differs from what stands in the checkout. */
const differing = [];

async function put(file, text) {
  const path = join(root, file);
  const options = { ...(await prettier.resolveConfig(path)), filepath: path };
  const formatted = await prettier.format(text, options);
  if (existsSync(path) && readFileSync(path, 'utf8') === formatted) return;
  differing.push(file);
  if (check) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, formatted);
}

function build(project) {
  const built = spawnSync(process.execPath, [tsc, '-b', join(root, project)], { stdio: 'inherit' });
  if (built.status !== 0) process.exit(1);
}

const comment = (...paragraphs) => {
  const lines = paragraphs.join('\n\n').split('\n');
  if (lines.length === 1) return `/** ${lines[0]} */`;
  return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'].join('\n');
};

const lower = (name) => name.slice(0, 1).toLowerCase() + name.slice(1);

/** The identifiers that have types of their own, by the schema of their codec. */
function brandsOf(definitions, house) {
  return new Map(
    definitions.brands.flatMap((type) => {
      const codec = house[lower(type)];
      return codec?.schema === undefined ? [] : [[codec.schema, type]];
    }),
  );
}

/** The type of a form, with the comments of its fields. `written`: as a sender writes it, identifiers as plain texts. */
class TypePrinter {
  used = new Set();

  constructor(brands, notes) {
    this.brands = brands;
    this.notes = notes;
  }

  type(schema, at, written) {
    const brand = this.brands.get(schema);
    if (brand !== undefined) {
      if (written) return 'string';
      this.used.add(brand);
      return brand;
    }
    if (schema.enum) return schema.enum.map((one) => `'${one}'`).join(' | ');
    if (schema.oneOf) {
      return schema.oneOf.map((one) => this.type(one, `${at}(${one.properties.kind.enum[0]})`, written)).join(' | ');
    }
    switch (schema.type) {
      case 'object':
        return `{\n${this.fields(schema, at, written)}\n}`;
      case 'array':
        return `readonly (${this.type(schema.items, `${at}[]`, written)})[]`;
      case 'integer':
        return 'number';
      case 'boolean':
        return 'boolean';
      case 'string':
        return schema.pattern === '^(0|-?[1-9][0-9]*)$' ? 'bigint' : 'string';
      default:
        this.used.add('Json');
        return 'Json';
    }
  }

  fields(schema, at, written) {
    return Object.entries(schema.properties)
      .map(([name, one]) => {
        const path = at.endsWith(' ') ? `${at}${name}` : `${at}.${name}`;
        const note = this.notes[path];
        const optional = schema.required.includes(name) ? '' : '?';
        const line = `readonly ${name}${optional}: ${this.type(one, path, written)};`;
        return note === undefined ? line : `${comment(note)}\n${line}`;
      })
      .join('\n');
  }
}

/** A request without fields is any object: an interface without members would be that and more. */
const declared = (name, fields) =>
  fields === '' ? `export type ${name} = object;` : `export interface ${name} {\n${fields}\n}`;

function whoAndWhen({ method }) {
  const lines = [`Who may call it: ${method.roles.join(', ')}.`];
  if (method.kind === 'submit') {
    lines.push(`Phases: ${method.phases.join(', ')}.`);
    if (method.idField !== undefined) lines.push(`Its id is \`${method.idField}\`.`);
    if (method.approval !== undefined)
      lines.push(`Takes effect with the approval of ${method.approval.replaceAll('-', ' ')}.`);
  }
  return lines.join('\n');
}

function clientTypes(definitions, house) {
  const { allMethods, contracts } = house;
  const printer = new TypePrinter(brandsOf(definitions, house), definitions.notes);
  const parts = [];
  const clients = [];
  for (const contract of Object.values(contracts)) {
    const members = [];
    for (const entry of allMethods().filter((one) => one.contract === contract.name)) {
      const { name, fullName, method } = entry;
      const request = `${contract.name}${name}Request`;
      parts.push(
        `${comment(`What \`${fullName}\` is asked.`)}\n${declared(request, printer.fields(method.request.schema, `${fullName} request `, true))}`,
      );
      let type;
      if (method.kind === 'evaluate') {
        const response = `${contract.name}${name}Response`;
        parts.push(
          `${comment(`What \`${fullName}\` answers.`)}\n${declared(response, printer.fields(method.response.schema, `${fullName} response `, false))}`,
        );
        type = `QueryClient<${request}, ${response}>`;
      } else type = method.sent === 'directly' ? `DirectMethodClient<${request}>` : `SealedMethodClient<${request}>`;
      members.push(
        `${comment(method.summary, whoAndWhen(entry), '@throws RejectedError, and the other MarketErrors')}\nreadonly ${lower(name)}: ${type};`,
      );
    }
    parts.push(`${comment(contract.summary)}\nexport interface ${contract.name}Client {\n${members.join('\n\n')}\n}`);
    clients.push(`${comment(contract.summary)}\nreadonly ${lower(contract.name)}: ${contract.name}Client;`);
  }
  return [
    `// ${made}`,
    `import type { ${[...printer.used].sort().join(', ')} } from '@kessai/interface';`,
    `import type { DirectMethodClient, QueryClient, SealedMethodClient } from './client-types';`,
    '',
    ...parts,
    `/** A client for each contract of the market, a function for each method. */\nexport interface ContractClients {\n${clients.join('\n')}\n}`,
  ].join('\n\n');
}

function fieldNotes({ notes }) {
  const lines = Object.entries(notes).map(([path, note]) => `${JSON.stringify(path)}: ${JSON.stringify(note)},`);
  return [
    `// ${made}`,
    '/** What is said of the fields of requests and responses, by method, side and path. */',
    `export const fieldNotes: Readonly<Record<string, string>> = {\n${lines.join('\n')}\n};`,
  ].join('\n');
}

function commandList({ program, groupOf }) {
  const lines = program.commands.map((command) => {
    const name = command.name();
    return `${JSON.stringify({ name, group: groupOf.get(name), summary: command.summary() })},`;
  });
  return [
    '// Made by `npm run reference` from the commands themselves: change those instead.',
    '/** Every command, in the order of help, with its line there and the group that holds it. */',
    `export const commandList: readonly { readonly name: string; readonly group: string; readonly summary: string }[] = [\n${lines.join('\n')}\n];`,
  ].join('\n');
}

// What the others are made from.
if (!check) build('chaincode/interface');
const definitions = readDefinitions();
await put('gateway-client/src/api-types.ts', clientTypes(definitions, require('@kessai/interface')));
await put('gateway-client/cli/src/api/field-notes.ts', fieldNotes(definitions));
if (!check) build('tsconfig.build.json');
const { referencePages } = require('./dist/api');
const { wholeProgram } = require('./dist/program');
await put('gateway-client/cli/src/command-list.ts', commandList(wholeProgram()));
const pages = referencePages(made);
for (const [name, text] of pages) await put(`docs/reference/${name}`, text);
const folder = join(root, 'docs', 'reference');
for (const name of existsSync(folder) ? readdirSync(folder) : []) {
  if (!pages.has(name)) differing.push(`docs/reference/${name} (is of no contract)`);
}

// What was written is also to run.
if (!check && differing.length > 0) build('tsconfig.build.json');
if (check && differing.length > 0) {
  console.error(`These differ from the definitions:\n  ${differing.join('\n  ')}\nWrite them by "npm run reference".`);
  process.exitCode = 1;
}
