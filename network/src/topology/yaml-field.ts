import { type Codec, FieldError } from '@kessai/interface';
import { Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Place, TopologyErrorCode } from './topology-error';
import { TopologyError } from './topology-error';

type YamlNode = unknown;

interface Source {
  readonly file: string;
  readonly lines: LineCounter;
}

/**
 * One field of a YAML file, with its path and its place, so that every refusal names both. A field is read by exactly one of
 * the methods; whatever was not asked for is refused as unknown.
 */
export class YamlField {
  readonly path: string;
  readonly #node: YamlNode;
  readonly #source: Source;

  private constructor(node: YamlNode, path: string, source: Source) {
    this.#node = node;
    this.path = path;
    this.#source = source;
  }

  /** @throws TopologyError `TopologySyntax` where the text is not YAML. */
  static parse(text: string, file: string): YamlField {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: true });
    const problem = document.errors[0];
    if (problem !== undefined) {
      const { line, col } = lines.linePos(problem.pos[0]);
      throw new TopologyError({
        code: 'TopologySyntax',
        path: '',
        message: problem.message,
        remedy: 'Correct the YAML at this place.',
        place: { file, line, column: col },
      });
    }
    return new YamlField(document.contents, '', { file, lines });
  }

  /** The same of a value that was said elsewhere, such as on a command line; `source` names where. */
  static of(value: unknown, source: string): YamlField {
    return new YamlField(new Document(value).contents, '', { file: source, lines: new LineCounter() });
  }

  get place(): Place {
    const range = (this.#node as { range?: readonly number[] | null } | null)?.range;
    const start = range?.[0];
    if (start === undefined) return { file: this.#source.file };
    const { line, col } = this.#source.lines.linePos(start);
    return { file: this.#source.file, line, column: col };
  }

  fail(code: TopologyErrorCode, message: string, remedy: string): never {
    throw new TopologyError({ code, path: this.path, message, remedy, place: this.place });
  }

  /** The fields of a mapping: all of `required` are there, `optional` may be, nothing else is. */
  fields<Required extends string, Optional extends string = never>(
    required: readonly Required[],
    optional: readonly Optional[] = [],
  ): Record<Required, YamlField> & Partial<Record<Optional, YamlField>> {
    if (!isMap(this.#node)) this.#wrongType('a mapping of fields');
    const known: readonly string[] = [...required, ...optional];
    const found: Record<string, YamlField> = {};
    for (const { key, value } of this.#node.items) {
      const name = isScalar(key) ? String(key.value) : '?';
      const field = this.#child(value ?? key, this.path === '' ? name : `${this.path}.${name}`);
      if (!known.includes(name)) {
        const at = this.#child(key, field.path);
        at.fail('FieldUnknown', 'unknown field', `Remove it, or use one of: ${known.join(', ')}.`);
      }
      found[name] = field;
    }
    for (const name of required) {
      if (found[name] !== undefined) continue;
      const path = this.path === '' ? name : `${this.path}.${name}`;
      this.#child(this.#node, path).fail('FieldMissing', 'this field is missing', `Add the field ${name}.`);
    }
    return found as Record<Required, YamlField> & Partial<Record<Optional, YamlField>>;
  }

  items(): readonly YamlField[] {
    if (!isSeq(this.#node)) this.#wrongType('a list');
    return this.#node.items.map((item, index) => this.#child(item, `${this.path}[${index}]`));
  }

  text(): string {
    const value = this.#scalar('a text');
    if (typeof value !== 'string') this.#wrongType('a text; put it in quotes');
    return value;
  }

  /** A text of the form; `form` says it in words. */
  matching(pattern: RegExp, form: string): string {
    const value = this.text();
    if (!pattern.test(value)) this.fail('FieldValue', `'${value}' is not ${form}`, `Write ${form}.`);
    return value;
  }

  /** A text of the form that a codec of the market states. */
  decoded<T>(codec: Codec<T>): T {
    try {
      return codec.decode(this.text(), '');
    } catch (error) {
      if (error instanceof FieldError) this.fail('FieldValue', error.reason, 'Write another one.');
      throw error;
    }
  }

  oneOf<Value extends string>(values: readonly Value[]): Value {
    const text = this.text();
    const value = values.find((candidate) => candidate === text);
    if (value === undefined)
      this.fail('FieldValue', `'${text}' is not known here`, `Use one of: ${values.join(', ')}.`);
    return value;
  }

  /** A whole number between the bounds, both included. */
  integer(least: number, most: number): number {
    const value = this.#scalar('a whole number');
    if (typeof value !== 'number' || !Number.isInteger(value)) this.#wrongType('a whole number');
    if (value < least || value > most) {
      const bounds = `${least.toString()} to ${most.toString()}`;
      this.fail('FieldValue', `${value.toString()} is out of range`, `Write a whole number of ${bounds}.`);
    }
    return value;
  }

  #scalar(expected: string): unknown {
    if (!isScalar(this.#node)) this.#wrongType(expected);
    return this.#node.value;
  }

  #wrongType(expected: string): never {
    const found = isAlias(this.#node)
      ? 'an alias'
      : isMap(this.#node)
        ? 'a mapping'
        : isSeq(this.#node)
          ? 'a list'
          : undefined;
    const said = found ?? (isScalar(this.#node) ? JSON.stringify(this.#node.value) : 'nothing');
    this.fail('FieldType', `expected ${expected}, found ${said}`, `Write ${expected} here.`);
  }

  #child(node: YamlNode, path: string): YamlField {
    return new YamlField(node, path, this.#source);
  }
}
