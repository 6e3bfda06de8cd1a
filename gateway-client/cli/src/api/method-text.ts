import { textTable } from '../terminal/text-table';
import type { FieldDescription, MethodDescription } from './method-description';

/** A method for a terminal: its rules, its fields, and a request that is ready to be sent. */
export function methodText({ fullName, summary, rules, request, response, example }: MethodDescription): string {
  return [
    `${fullName}\n${summary}`,
    rules.map((rule) => `  ${plain(rule)}`).join('\n'),
    `Request\n${fieldsText(request)}`,
    `Response\n${fieldsText(response)}`,
    `A request to begin with\n  kessai call ${fullName} --as MSPID --request '${JSON.stringify(example)}'`,
  ].join('\n\n');
}

function fieldsText(fields: readonly FieldDescription[]): string {
  if (fields.length === 0) return '  no fields';
  const columns = ['Field', 'Form', 'What it is'].map((title) => ({ title }));
  return textTable(
    columns,
    fields.map(({ path, form, required, note }) => [required ? path : `${path}?`, plain(form), plain(note)]),
  );
}

/** Without the marks of a page. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}
