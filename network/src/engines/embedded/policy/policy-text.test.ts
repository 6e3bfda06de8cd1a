import { describe, expect, test } from '@jest/globals';
import { parsePolicyText, PolicyError } from './index';

function hex(text: string): string {
  return Buffer.from(parsePolicyText(text).serializeBinary()).toString('hex');
}

// SignaturePolicyEnvelope: rule (2), then each principal (3) of kind ROLE, which is MSP id (1) and role (2).
describe('policy text', () => {
  test("OR('A.peer') is the bytes that Fabric makes of it", () => {
    // rule: n out of { n: 1, rules: [signed by 0] }; identities: [role peer of A]
    expect(hex("OR('A.peer')")).toBe('1208' + '1206' + '0801' + '1202' + '0800' + '1a07' + '1205' + '0a01411003');
  });

  test('a member, whose role is the default, is written without a role', () => {
    expect(hex("OR('A.member')")).toBe('1208' + '1206' + '0801' + '1202' + '0800' + '1a05' + '1203' + '0a0141');
  });

  test('inner gates number their principals before the gate around them', () => {
    const envelope = parsePolicyText("AND('A.peer', OR('B.peer', 'C.peer'))");
    const names = envelope
      .getIdentitiesList()
      .map((principal) => Buffer.from(principal.getPrincipal_asU8()).toString());
    expect(names.map((name) => name.charAt(2))).toEqual(['B', 'C', 'A']);
    const [first, second] = envelope.getRule()?.getNOutOf()?.getRulesList() ?? [];
    expect(first?.getSignedBy()).toBe(2);
    expect(
      second
        ?.getNOutOf()
        ?.getRulesList()
        .map((rule) => rule.getSignedBy()),
    ).toEqual([0, 1]);
  });

  test.each([
    ["and('A.peer','B.peer')", "AND('A.peer','B.peer')"],
    ["OutOf(2,'A.peer','B.peer')", "AND('A.peer','B.peer')"],
    ["OutOf('1','A.peer','B.peer')", "OR('A.peer','B.peer')"],
    ['Or( "A.peer" ,"B.peer" )', "OR('A.peer','B.peer')"],
  ])('%s means %s', (left, right) => {
    expect(hex(left)).toBe(hex(right));
  });

  test.each([
    ['', 'column 1'],
    ["XOR('A.peer')", "unrecognized token 'XOR'"],
    ["OR('A.boss')", 'error parsing principal A.boss'],
    ["OR('A.peer'", 'end of policy'],
    ["OR('A.peer') OR('B.peer')", 'column 14'],
    ["OutOf(4,'A.peer','B.peer')", 't 4, n 2'],
    ["OutOf('A.peer','B.peer')", 'expected a number'],
    ['OR()', "unexpected ')'"],
    ["OR('A.peer';'B.peer')", "unexpected character ';'"],
  ])('%s is refused and the place named', (text, reason) => {
    expect(() => parsePolicyText(text)).toThrow(PolicyError);
    expect(() => parsePolicyText(text)).toThrow(reason);
  });
});
