import { type MethodEntry, type RejectionTable, allMethods, commonRejections, contracts } from '@kessai/interface';
import { type FieldDescription, describeMethod } from './method-description';

/** The pages of docs/reference by their names: an index, a page for each contract, and the reasons to refuse that all have. */
export function referencePages(made: string): ReadonlyMap<string, string> {
  const entries = allMethods();
  const head = `<!-- ${made} -->\n\n`;
  const pages = new Map<string, string>([['README.md', head + indexPage(entries)]]);
  for (const { name, summary, rejections } of Object.values(contracts)) {
    const own = entries.filter(({ contract }) => contract === name);
    pages.set(`${name}.md`, head + contractPage(name, summary, own, rejections));
  }
  pages.set('refusals.md', head + refusalsPage());
  return pages;
}

function indexPage(entries: readonly MethodEntry[]): string {
  const sections = Object.values(contracts).map(({ name, summary }) => {
    const rows = entries
      .filter(({ contract }) => contract === name)
      .map((entry) => [
        `[\`${entry.fullName}\`](${name}.md#${entry.name.toLowerCase()})`,
        entry.method.kind === 'submit' ? 'changes' : 'reads',
        entry.method.roles.join(', '),
      ]);
    return `## ${name}\n\n${summary}\n\n${table(['Method', 'Reads or changes', 'Who may call it'], rows)}`;
  });
  return `# The market’s methods

Every method with its request, its response and what it may refuse. \`kessai api Orders:Place\` shows one in a terminal, with its JSON schema by \`--json\`; the SDK's types say the same in an editor. In
JSON, amounts, prices and quantities are decimal strings; the SDK has them as \`bigint\`. A field with a question mark may be left out. A path such as
\`terms(stock-split).ratio\` is a field of one of several forms.

A call is refused with \`{ "error": { "code", "message", … } }\`: for a reason of its contract, or for one of [those that every method has](refusals.md).

${sections.join('\n\n')}
`;
}

function contractPage(
  name: string,
  summary: string,
  entries: readonly MethodEntry[],
  rejections: RejectionTable,
): string {
  const methods = entries.map((entry) => methodSection(entry));
  return `# ${name}

${summary}

${methods.join('\n\n')}

## What it may refuse

Beside [what every method may](refusals.md), in this order:

${refusals(rejections)}
`;
}

function methodSection(entry: MethodEntry): string {
  const { summary, rules, request, response, example } = describeMethod(entry);
  const answer =
    entry.method.kind === 'submit'
      ? 'Answers `outcome`: `created`, or `exists` where an earlier call with the same id had done it; with `awaiting`, whose approval it still waits for.'
      : `Answers:\n\n${fields(response)}`;
  return `## ${entry.name}

${summary}

${rules.map((rule) => `- ${rule}`).join('\n')}

${request.length === 0 ? 'Its request has no fields.' : `Request:\n\n${fields(request)}`}

${answer}

\`\`\`json
${JSON.stringify(example, undefined, 2)}
\`\`\``;
}

function refusalsPage(): string {
  return `# What every method may refuse

In order of precedence: who asks, the form of the request, when, then the content. A transient one may pass by itself.

${refusals(commonRejections)}
`;
}

function refusals(rejections: RejectionTable): string {
  const rows = Object.entries(rejections).map(([code, { payload, transient }]) => {
    const fields = Object.keys(payload.schema.properties ?? {}).map((field) => `\`${field}\``);
    return [`\`${code}\``, fields.join(', '), transient ? 'yes' : ''];
  });
  return rows.length === 0 ? 'Nothing.' : table(['Code', 'Says', 'Transient'], rows);
}

function fields(described: readonly FieldDescription[]): string {
  return table(
    ['Field', 'Form', 'What it is'],
    described.map(({ path, form, required, note }) => [`\`${path}\`${required ? '' : ' ?'}`, form, note]),
  );
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
