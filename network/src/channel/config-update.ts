import { common } from '@hyperledger/fabric-protos';

/** A policy or a value of a configuration: what may be changed only as a whole. */
interface Element {
  getVersion(): number;
  setVersion(version: number): void;
  getModPolicy(): string;
}

/** How elements of one kind are compared and copied. */
interface Kind<Item extends Element> {
  readonly same: (one: Item, other: Item) => boolean;
  /** An element that says its version alone. */
  readonly versionOnly: (version: number) => Item;
  readonly withVersion: (item: Item, version: number) => Item;
}

type Named<Item> = ReadonlyMap<string, Item>;

/** The difference of two maps of one group. */
interface Difference<Item> {
  readonly read: Named<Item>;
  readonly write: Named<Item>;
  /** What is in both, unchanged: it stands in both sets where the group's members change, since a group lists all of them. */
  readonly same: Named<Item>;
  /** Whether an element was added or removed. */
  readonly membersDiffer: boolean;
}

interface GroupDifference {
  readonly read: common.ConfigGroup;
  readonly write: common.ConfigGroup;
  readonly differs: boolean;
}

const policies: Kind<common.ConfigPolicy> = {
  same: (one, other) =>
    one.getModPolicy() === other.getModPolicy() &&
    one.getPolicy()?.getType() === other.getPolicy()?.getType() &&
    equal(one.getPolicy()?.getValue_asU8(), other.getPolicy()?.getValue_asU8()),
  versionOnly: (version) => versioned(new common.ConfigPolicy(), version),
  withVersion: (item, version) => {
    const copy = versioned(new common.ConfigPolicy(), version);
    copy.setModPolicy(item.getModPolicy());
    copy.setPolicy(item.getPolicy());
    return copy;
  },
};

const values: Kind<common.ConfigValue> = {
  same: (one, other) =>
    one.getModPolicy() === other.getModPolicy() && equal(one.getValue_asU8(), other.getValue_asU8()),
  versionOnly: (version) => versioned(new common.ConfigValue(), version),
  withVersion: (item, version) => {
    const copy = versioned(new common.ConfigValue(), version);
    copy.setModPolicy(item.getModPolicy());
    copy.setValue(item.getValue_asU8());
    return copy;
  },
};

/**
 * The change that turns a channel's configuration into the wanted one, as its administrators sign it: the versions of what it rests
 * on (read set) and what it changes, each one version further (write set). It names no more than that, so that it needs no other
 * administrators than those of what changes, and does not collide with changes elsewhere. The wanted groups' own versions do not
 * matter.
 *
 * @returns undefined where nothing differs.
 * @see Fabric's documentation, "Updating a channel configuration".
 */
export function configUpdate(
  channel: string,
  current: common.ConfigGroup,
  wanted: common.ConfigGroup,
): common.ConfigUpdate | undefined {
  const { read, write, differs } = groupDifference(current, wanted);
  if (!differs) return undefined;
  const update = new common.ConfigUpdate();
  update.setChannelId(channel);
  update.setReadSet(read);
  update.setWriteSet(write);
  return update;
}

function groupDifference(current: common.ConfigGroup, wanted: common.ConfigGroup): GroupDifference {
  const inPolicies = difference(policies, entries(current.getPoliciesMap()), entries(wanted.getPoliciesMap()));
  const inValues = difference(values, entries(current.getValuesMap()), entries(wanted.getValuesMap()));
  const inGroups = differenceOfGroups(entries(current.getGroupsMap()), entries(wanted.getGroupsMap()));
  const all = [inPolicies, inValues, inGroups];
  const changed = all.some(({ membersDiffer }) => membersDiffer) || current.getModPolicy() !== wanted.getModPolicy();
  const read = versioned(new common.ConfigGroup(), current.getVersion());
  const write = versioned(new common.ConfigGroup(), current.getVersion() + (changed ? 1 : 0));
  if (changed) write.setModPolicy(wanted.getModPolicy());
  for (const [set, which] of [
    [read, 'read'],
    [write, 'write'],
  ] as const) {
    put(set.getPoliciesMap(), inPolicies, which, changed);
    put(set.getValuesMap(), inValues, which, changed);
    put(set.getGroupsMap(), inGroups, which, changed);
  }
  return { read, write, differs: changed || all.some((one) => one.write.size > 0) };
}

function difference<Item extends Element>(
  kind: Kind<Item>,
  current: Named<Item>,
  wanted: Named<Item>,
): Difference<Item> {
  const write = new Map<string, Item>();
  const same = new Map<string, Item>();
  for (const [name, item] of wanted) {
    const before = current.get(name);
    if (before === undefined) write.set(name, kind.withVersion(item, 0));
    else if (kind.same(before, item)) same.set(name, kind.versionOnly(before.getVersion()));
    else write.set(name, kind.withVersion(item, before.getVersion() + 1));
  }
  return { read: new Map(), write, same, membersDiffer: namesDiffer(current, wanted) };
}

function differenceOfGroups(
  current: Named<common.ConfigGroup>,
  wanted: Named<common.ConfigGroup>,
): Difference<common.ConfigGroup> {
  const read = new Map<string, common.ConfigGroup>();
  const write = new Map<string, common.ConfigGroup>();
  const same = new Map<string, common.ConfigGroup>();
  for (const [name, group] of wanted) {
    const before = current.get(name);
    if (before === undefined) {
      write.set(name, asNew(group));
      continue;
    }
    const found = groupDifference(before, group);
    if (found.differs) {
      read.set(name, found.read);
      write.set(name, found.write);
    } else {
      same.set(name, versioned(new common.ConfigGroup(), before.getVersion()));
    }
  }
  return { read, write, same, membersDiffer: namesDiffer(current, wanted) };
}

/** A group that was not there: every element of it at version 0. */
function asNew(group: common.ConfigGroup): common.ConfigGroup {
  const added = groupDifference(new common.ConfigGroup(), group).write;
  added.setModPolicy(group.getModPolicy());
  added.setVersion(0);
  return added;
}

function namesDiffer(one: Named<unknown>, other: Named<unknown>): boolean {
  return one.size !== other.size || [...one.keys()].some((name) => !other.has(name));
}

interface ItemMap<Item> {
  forEach(callback: (item: Item, name: string) => void): void;
}

function entries<Item>(map: ItemMap<Item>): Named<Item> {
  const found = new Map<string, Item>();
  map.forEach((item, name) => found.set(name, item));
  return found;
}

function put<Item>(
  into: { set(name: string, item: Item): unknown },
  found: Difference<Item>,
  which: 'read' | 'write',
  withSame: boolean,
): void {
  for (const [name, item] of found[which]) into.set(name, item);
  if (withSame) for (const [name, item] of found.same) into.set(name, item);
}

function versioned<Message extends { setVersion(version: number): void }>(message: Message, version: number): Message {
  message.setVersion(version);
  return message;
}

function equal(one: Uint8Array = new Uint8Array(), other: Uint8Array = new Uint8Array()): boolean {
  return Buffer.from(one).equals(other);
}
