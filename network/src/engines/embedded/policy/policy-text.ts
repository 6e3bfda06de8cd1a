import { common, msp } from '@hyperledger/fabric-protos';
import { PolicyError } from './policy-error';

const { MSPRoleType } = msp.MSPRole;

const roles = {
  admin: MSPRoleType.ADMIN,
  member: MSPRoleType.MEMBER,
  client: MSPRoleType.CLIENT,
  peer: MSPRoleType.PEER,
  orderer: MSPRoleType.ORDERER,
} as const;

const PRINCIPAL = /^([A-Za-z0-9.-]+)\.(admin|member|client|peer|orderer)$/;

const gates = new Map<string, 'and' | 'or' | 'outof'>([
  ['And', 'and'],
  ['and', 'and'],
  ['AND', 'and'],
  ['Or', 'or'],
  ['or', 'or'],
  ['OR', 'or'],
  ['OutOf', 'outof'],
  ['outof', 'outof'],
  ['OUTOF', 'outof'],
]);

/**
 * A policy in Fabric's text form, such as `OutOf(2, 'A.peer', OR('B.peer', 'C.peer'))`, as the message that Fabric's policydsl makes of it:
 * one principal for each mention. Fabric evaluates a gate's arguments before the gate, so inner gates number their principals first.
 * @throws PolicyError naming the place.
 */
export function parsePolicyText(text: string): common.SignaturePolicyEnvelope {
  return new PolicyTextParser(text).parse();
}

type Token =
  | { readonly kind: 'name' | 'string' | 'number'; readonly text: string; readonly at: number }
  | { readonly kind: '(' | ')' | ',' | 'end'; readonly text: string; readonly at: number };

interface Gate {
  readonly count: number;
  readonly rules: readonly (Gate | PrincipalText)[];
}

interface PrincipalText {
  readonly mspId: string;
  readonly role: keyof typeof roles;
}

class PolicyTextParser {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenise(text);
  }

  parse(): common.SignaturePolicyEnvelope {
    const gate = this.#gate(this.#take('name'));
    this.#take('end');
    const principals: msp.MSPPrincipal[] = [];
    const envelope = new common.SignaturePolicyEnvelope();
    envelope.setRule(ruleOf(gate, principals));
    envelope.setIdentitiesList(principals);
    return envelope;
  }

  #gate(name: Token): Gate {
    const gate = gates.get(name.text);
    if (gate === undefined) throw fail(this.#text, name.at, `unrecognized token '${name.text}' in policy string`);
    this.#take('(');
    const explicit = gate === 'outof' ? this.#count() : undefined;
    const rules = this.#rules();
    const count = explicit ?? (gate === 'and' ? rules.length : 1);
    if (count > rules.length + 1)
      throw fail(
        this.#text,
        name.at,
        `invalid t-out-of-n predicate, t ${count.toString()}, n ${rules.length.toString()}`,
      );
    return { count, rules };
  }

  #count(): number {
    const token = this.#peek();
    if (token.kind !== 'number' && token.kind !== 'string')
      throw fail(this.#text, token.at, `unexpected ${described(token)}`);
    this.#next += 1;
    if (!/^\d+$/.test(token.text))
      throw fail(this.#text, token.at, `unrecognized type, expected a number, got '${token.text}'`);
    this.#take(',');
    return Number(token.text);
  }

  #rules(): (Gate | PrincipalText)[] {
    const rules: (Gate | PrincipalText)[] = [];
    for (;;) {
      rules.push(this.#rule());
      const token = this.#peek();
      this.#next += 1;
      if (token.kind === ')') return rules;
      if (token.kind !== ',') throw fail(this.#text, token.at, `unexpected ${described(token)}`);
    }
  }

  #rule(): Gate | PrincipalText {
    const token = this.#peek();
    if (token.kind === 'name') return this.#gate(this.#take('name'));
    const { text, at } = this.#take('string');
    const [, mspId, role] = PRINCIPAL.exec(text) ?? [];
    if (mspId === undefined || role === undefined) throw fail(this.#text, at, `error parsing principal ${text}`);
    return { mspId, role: role as keyof typeof roles };
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: this.#text.length };
  }

  #take(kind: Token['kind']): Token {
    const token = this.#peek();
    if (token.kind !== kind) throw fail(this.#text, token.at, `unexpected ${described(token)}`);
    this.#next += 1;
    return token;
  }
}

function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:([A-Za-z_]\w*)|(\d+)|'([^']*)'|"([^"]*)"|([(),]))/y;
  let at = 0;
  const end = text.trimEnd().length;
  while (at < end) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) throw fail(text, at, `unexpected character '${text.slice(at).trim().charAt(0)}'`);
    const [whole, name, digits, single, double, mark] = match;
    const start = at + whole.length - whole.trimStart().length;
    at += whole.length;
    if (name !== undefined) tokens.push({ kind: 'name', text: name, at: start });
    else if (digits !== undefined) tokens.push({ kind: 'number', text: digits, at: start });
    else if (mark !== undefined) tokens.push({ kind: mark as '(' | ')' | ',', text: mark, at: start });
    else tokens.push({ kind: 'string', text: single ?? double ?? '', at: start });
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }];
}

function ruleOf(gate: Gate, principals: msp.MSPPrincipal[]): common.SignaturePolicy {
  const inner = gate.rules.map((rule) => ('rules' in rule ? ruleOf(rule, principals) : rule));
  const rules = inner.map((rule) => {
    if (rule instanceof common.SignaturePolicy) return rule;
    principals.push(rolePrincipal(rule.mspId, roles[rule.role]));
    return signedBy(principals.length - 1);
  });
  return nOutOf(gate.count, rules);
}

function described(token: Token): string {
  return token.kind === 'end' ? 'end of policy' : `'${token.text}'`;
}

function fail(policy: string, at: number, reason: string): PolicyError {
  return new PolicyError('PolicyInvalid', `${reason} at column ${(at + 1).toString()} of ${policy}`);
}

function signedBy(index: number): common.SignaturePolicy {
  const policy = new common.SignaturePolicy();
  policy.setSignedBy(index);
  return policy;
}

function nOutOf(count: number, rules: common.SignaturePolicy[]): common.SignaturePolicy {
  const message = new common.SignaturePolicy.NOutOf();
  message.setN(count);
  message.setRulesList(rules);
  const policy = new common.SignaturePolicy();
  policy.setNOutOf(message);
  return policy;
}

function rolePrincipal(mspId: string, role: (typeof roles)[keyof typeof roles]): msp.MSPPrincipal {
  const message = new msp.MSPRole();
  message.setMspIdentifier(mspId);
  message.setRole(role);
  const principal = new msp.MSPPrincipal();
  principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
  principal.setPrincipal(message.serializeBinary());
  return principal;
}

/** One signature of any of the organisations' identities in the role; organisations sorted by name, as Fabric does. */
export function anyOf(mspIds: readonly string[], role: keyof typeof roles): common.SignaturePolicyEnvelope {
  const envelope = new common.SignaturePolicyEnvelope();
  const sorted = [...mspIds].sort();
  envelope.setIdentitiesList(sorted.map((mspId) => rolePrincipal(mspId, roles[role])));
  envelope.setRule(
    nOutOf(
      1,
      sorted.map((_, index) => signedBy(index)),
    ),
  );
  return envelope;
}
