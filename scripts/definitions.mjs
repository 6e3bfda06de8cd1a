// Reads the comments that stand at the fields of requests and responses in the sources of chaincode/interface. Only the syntax is
// looked at, so it takes no more than a moment.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './walls.mjs';

const sources = join(root, 'chaincode', 'interface', 'src');

/** The comment that stands before a node, on one line. */
function commentOf(node) {
  const last = node.jsDoc?.at(-1);
  const text = last === undefined ? '' : (ts.getTextOfJSDocComment(last.comment) ?? '');
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}

class Sources {
  /** Constants and types, by file and by name alone: a name means one thing, unless a file has its own. */
  constants = new Map();
  types = new Map();
  brands = [];
  contracts = [];

  constructor() {
    for (const name of readdirSync(sources, { recursive: true }).sort()) {
      if (!name.endsWith('.ts') || /\.test(-kit)?\.ts$/.test(name)) continue;
      const text = readFileSync(join(sources, name), 'utf8');
      this.#read(ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true));
    }
  }

  #read(file) {
    for (const statement of file.statements) {
      if (ts.isTypeAliasDeclaration(statement)) {
        this.types.set(statement.name.text, commentOf(statement));
        if (/^Brand<string,/.test(statement.type.getText())) this.brands.push(statement.name.text);
      }
      if (!ts.isVariableStatement(statement)) continue;
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (initializer === undefined) continue;
        const found = { initializer, comment: commentOf(statement), file };
        this.constants.set(`${file.fileName} ${name.text}`, found);
        if (!this.constants.has(name.text)) this.constants.set(name.text, found);
        if (calls(initializer) === 'defineContract') this.contracts.push(initializer.arguments[0]);
      }
    }
  }

  constant(identifier) {
    const own = `${identifier.getSourceFile().fileName} ${identifier.text}`;
    return this.constants.get(own) ?? this.constants.get(identifier.text);
  }

  /** What an expression is, behind the names that stand for it. */
  resolved(expression) {
    let now = expression;
    while (true) {
      if (ts.isAsExpression(now) || ts.isParenthesizedExpression(now)) now = now.expression;
      else if (ts.isIdentifier(now) && this.constant(now)) now = this.constant(now).initializer;
      else return now;
    }
  }

  /** What is said of a form that has a name, where nothing is said of the field. */
  commentOfForm(expression, field) {
    if (['optional', 'list'].includes(calls(expression))) return this.commentOfForm(expression.arguments[0], field);
    if (!ts.isIdentifier(expression)) return '';
    const form = this.constant(expression);
    // An amount of money has the form of a quantity of securities, and is not one.
    if (form?.file.fileName === 'quantity.ts' && expression.text !== field) return '';
    const named = form?.comment ?? '';
    const type = expression.text.slice(0, 1).toUpperCase() + expression.text.slice(1);
    return named === '' ? (this.types.get(type) ?? '') : named;
  }
}

function calls(expression) {
  return ts.isCallExpression(expression) && ts.isIdentifier(expression.expression)
    ? expression.expression.text
    : undefined;
}

function member(literal, name) {
  return literal.properties.find((one) => one.name?.text === name)?.initializer;
}

/** Notes everything that is said below a form. */
function walk(all, expression, path, notes) {
  const form = all.resolved(expression);
  const call = calls(form);
  if (call === 'optional') walk(all, form.arguments[0], path, notes);
  else if (call === 'list') walk(all, form.arguments[0], `${path}[]`, notes);
  else if (call === 'object') fields(all, form.arguments[0], path, notes);
  else if (call === 'variants') {
    for (const { name, initializer } of form.arguments[1].properties) {
      walk(all, initializer, `${path}(${name.text})`, notes);
    }
  }
}

function fields(all, expression, path, notes) {
  const literal = all.resolved(expression);
  for (const property of literal.properties) {
    if (ts.isSpreadAssignment(property)) {
      fields(all, property.expression, path, notes);
      continue;
    }
    const form = ts.isShorthandPropertyAssignment(property) ? property.name : property.initializer;
    const { text: name } = property.name;
    const below = path.endsWith(' ') ? `${path}${name}` : `${path}.${name}`;
    const own = commentOf(property);
    const comment = own === '' ? all.commentOfForm(form, name) : own;
    if (comment !== '') notes[below] = comment;
    walk(all, form, below, notes);
  }
}

/**
 * @returns {{notes: Record<string, string>, brands: readonly string[]}} what is said of each field, by `Contract:Method request path` and
 * `Contract:Method response path`; and the types of identifiers
 */
export function readDefinitions() {
  const all = new Sources();
  const notes = {};
  for (const contract of all.contracts) {
    const name = member(contract, 'name').text;
    for (const { name: method, initializer } of member(contract, 'methods').properties) {
      for (const side of ['request', 'response']) {
        const form = member(initializer.arguments[0], side);
        if (form !== undefined) walk(all, form, `${name}:${method.text} ${side} `, notes);
      }
    }
  }
  return { notes, brands: all.brands };
}
