import { common } from '@hyperledger/fabric-protos';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { configUpdate } from './config-update';

// A configuration as a plain tree, so that the laws are said without Fabric's messages.
interface Tree {
  readonly admins: string;
  readonly values: Readonly<Record<string, string>>;
  readonly policies: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, Tree>>;
}

const leaf: Tree = { admins: 'Admins', values: {}, policies: {}, groups: {} };

const names = fc.constantFrom('A', 'B', 'C');
const texts = fc.constantFrom('x', 'y', 'z');
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    admins: fc.constantFrom('Admins', '/Channel/Application/Admins'),
    values: fc.dictionary(names, texts, { maxKeys: 3 }),
    policies: fc.dictionary(names, texts, { maxKeys: 3 }),
    groups: fc.oneof({ maxDepth: 3 }, fc.constant({}), fc.dictionary(names, tie('tree'), { maxKeys: 3 })),
  }),
}));

function groupOf({ admins, values, policies, groups }: Tree): common.ConfigGroup {
  const group = new common.ConfigGroup();
  group.setModPolicy(admins);
  for (const [name, text] of Object.entries(values)) {
    const value = new common.ConfigValue();
    value.setModPolicy('Admins');
    value.setValue(Buffer.from(text));
    group.getValuesMap().set(name, value);
  }
  for (const [name, text] of Object.entries(policies)) {
    const policy = new common.Policy();
    policy.setValue(Buffer.from(text));
    const configured = new common.ConfigPolicy();
    configured.setModPolicy('Admins');
    configured.setPolicy(policy);
    group.getPoliciesMap().set(name, configured);
  }
  for (const [name, inner] of Object.entries(groups)) group.getGroupsMap().set(name, groupOf(inner));
  return group;
}

function treeOf(group: common.ConfigGroup): Tree {
  const found = { values: {}, policies: {}, groups: {} } as Record<string, Record<string, unknown>>;
  const set = (map: string, name: string, value: unknown): void => {
    found[map] = { ...found[map], [name]: value };
  };
  group.getValuesMap().forEach((value, name) => set('values', name, Buffer.from(value.getValue_asU8()).toString()));
  group
    .getPoliciesMap()
    .forEach((item, name) => set('policies', name, Buffer.from(item.getPolicy()?.getValue_asU8() ?? '').toString()));
  group.getGroupsMap().forEach((inner, name) => set('groups', name, treeOf(inner)));
  return { admins: group.getModPolicy(), ...found } as unknown as Tree;
}

type Item = common.ConfigGroup | common.ConfigValue | common.ConfigPolicy;

/** Every element of a configuration by its path, as an orderer sees it. */
function elements(group: common.ConfigGroup, path = '/Channel'): Map<string, Item> {
  const found = new Map<string, Item>([[`group ${path}`, group]]);
  group.getValuesMap().forEach((value, name) => found.set(`value ${path}/${name}`, value));
  group.getPoliciesMap().forEach((policy, name) => found.set(`policy ${path}/${name}`, policy));
  group.getGroupsMap().forEach((inner, name) => {
    for (const [key, item] of elements(inner, `${path}/${name}`)) found.set(key, item);
  });
  return found;
}

/** What an orderer makes of an update. @returns the paths that it took for changed, and the new configuration. */
function applied(
  current: common.ConfigGroup,
  update: common.ConfigUpdate,
): { readonly changed: readonly string[]; readonly result: common.ConfigGroup } {
  const existing = elements(current);
  const read = elements(update.getReadSet() ?? new common.ConfigGroup());
  const write = elements(update.getWriteSet() ?? new common.ConfigGroup());
  for (const [key, item] of read) {
    if (existing.get(key)?.getVersion() !== item.getVersion()) throw new Error(`${key} was read at another version`);
  }
  const delta = [...write].filter(([key, item]) => read.get(key)?.getVersion() !== item.getVersion());
  if (delta.length === 0) throw new Error('the update would have no effect');
  for (const [key, item] of delta) {
    if (item.getModPolicy() === '') throw new Error(`${key} has no administrators`);
    const before = existing.get(key);
    const expected = before === undefined ? 0 : before.getVersion() + 1;
    if (item.getVersion() !== expected) throw new Error(`${key} is written at version ${item.getVersion().toString()}`);
  }
  const proposed = new Map([...existing, ...delta]);
  for (const key of write.keys()) if (!proposed.has(key)) throw new Error(`${key} does not appear in the result`);
  return { changed: delta.map(([key]) => key), result: rebuilt(proposed, '/Channel') };
}

function rebuilt(items: ReadonlyMap<string, Item>, path: string): common.ConfigGroup {
  const found = items.get(`group ${path}`);
  if (!(found instanceof common.ConfigGroup)) throw new Error(`${path} is missing`);
  const group = new common.ConfigGroup();
  group.setVersion(found.getVersion());
  group.setModPolicy(found.getModPolicy());
  const take = (kind: string, name: string): Item => {
    const item = items.get(`${kind} ${path}/${name}`);
    if (item === undefined) throw new Error(`${kind} ${path}/${name} is missing`);
    return item;
  };
  found.getValuesMap().forEach((_, name) => group.getValuesMap().set(name, take('value', name) as common.ConfigValue));
  found
    .getPoliciesMap()
    .forEach((_, name) => group.getPoliciesMap().set(name, take('policy', name) as common.ConfigPolicy));
  found.getGroupsMap().forEach((_, name) => group.getGroupsMap().set(name, rebuilt(items, `${path}/${name}`)));
  return group;
}

/** The paths where two trees differ: what an update must name as changed, and nothing else. */
function differences(one: Tree, other: Tree, path = '/Channel'): string[] {
  const found: string[] = [];
  const namesOf = (kind: 'values' | 'policies' | 'groups'): readonly [Set<string>, Set<string>] => [
    new Set(Object.keys(one[kind])),
    new Set(Object.keys(other[kind])),
  ];
  let members = one.admins !== other.admins;
  for (const kind of ['values', 'policies', 'groups'] as const) {
    const [before, after] = namesOf(kind);
    members ||= before.size !== after.size || [...before].some((name) => !after.has(name));
  }
  if (members) found.push(`group ${path}`);
  for (const [kind, word] of [
    ['values', 'value'],
    ['policies', 'policy'],
  ] as const) {
    for (const [name, text] of Object.entries(other[kind])) {
      if (one[kind][name] !== text) found.push(`${word} ${path}/${name}`);
    }
  }
  for (const [name, inner] of Object.entries(other.groups)) {
    const before = one.groups[name];
    if (before === undefined) found.push(...elements(groupOf(inner), `${path}/${name}`).keys());
    else found.push(...differences(before, inner, `${path}/${name}`));
  }
  return found;
}

describe('a change of a configuration', () => {
  test('leads from any configuration to any other one, and names what differs alone', () => {
    fc.assert(
      fc.property(tree, tree, (one, other) => {
        const update = configUpdate('market', groupOf(one), groupOf(other));
        const expected = differences(one, other);
        if (update === undefined) {
          expect(expected).toEqual([]);
          return;
        }
        const { changed, result } = applied(groupOf(one), update);
        expect([...changed].sort()).toEqual(expected.sort());
        expect(treeOf(result)).toEqual(other);
      }),
      { numRuns: 500 },
    );
  });

  test('follows on one another: versions count the changes of each element', () => {
    fc.assert(
      fc.property(fc.array(tree, { minLength: 2, maxLength: 6 }), ([first = leaf, ...later]) => {
        let current = groupOf(first);
        for (const wanted of later) {
          const update = configUpdate('market', current, groupOf(wanted));
          if (update !== undefined) current = applied(current, update).result;
          expect(treeOf(current)).toEqual(wanted);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('to itself is none', () => {
    fc.assert(
      fc.property(tree, (one) => {
        expect(configUpdate('market', groupOf(one), groupOf(one))).toBeUndefined();
      }),
    );
  });

  test('made before another one of the same element is refused after it', () => {
    const at = (text: string): common.ConfigGroup => groupOf({ ...leaf, values: { BatchSize: text } });
    const [one, other] = [configUpdate('market', at('1'), at('2')), configUpdate('market', at('1'), at('3'))];
    if (one === undefined || other === undefined) throw new Error('both differ');
    const { result } = applied(at('1'), one);
    expect(() => applied(result, other)).toThrow('value /Channel/BatchSize is written at version 1');
  });

  test('of one group goes with a change of another one made meanwhile', () => {
    const organisations = (alpha: string, beta: string): Tree => ({
      ...leaf,
      groups: { Alpha: { ...leaf, values: { Anchor: alpha } }, Beta: { ...leaf, values: { Anchor: beta } } },
    });
    const start = groupOf(organisations('1', '1'));
    const ofAlpha = configUpdate('market', start, groupOf(organisations('2', '1')));
    const ofBeta = configUpdate('market', start, groupOf(organisations('1', '2')));
    if (ofAlpha === undefined || ofBeta === undefined) throw new Error('both differ');
    expect(treeOf(applied(applied(start, ofAlpha).result, ofBeta).result)).toEqual(organisations('2', '2'));
  });
});
