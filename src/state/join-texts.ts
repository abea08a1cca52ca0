import type { Draft } from './importer.ts';
import type { BucketFacts, InterfaceFacts, LagFacts, MemberFacts, StateFacts } from './state-facts.ts';

/**
 * Joins what several outputs say of one LAG of one system: `bond/show` has the members, `list interface` their addresses and
 * port numbers, `bridge/dump-flows` the buckets by port number, `show etherchannel load-balance` the policy of every LAG.
 * Outputs are joined where names agree and nothing contradicts; what runs wins over what is configured, else the first text wins.
 */

export interface StateText {
  readonly path: string;
  readonly facts: StateFacts;
}

/** More LAGs than any system has: such texts are left as they are, since every pair of LAGs may be compared. */
const MAX_LAGS = 4096;

interface Fragment {
  readonly path: string;
  readonly facts: StateFacts;
  readonly lag: LagFacts;
}

interface Group {
  readonly fragments: Fragment[];
  readonly names: Set<string>;
}

/** Ports of switches under their short and long names: Et0/0, Ethernet0/0; Po1, Port-channel1, port-channel1. */
export function portKey(name: string): string {
  const match = /^([A-Za-z-]+?)[- ]?(\d[\d/.:]*)$/.exec(name);
  if (match === null) return name;
  const word = match[1].toLowerCase();
  if (
    !/^(?:po|port-?channel|et|eth|ethernet|fa|fastethernet|gi|gig|gigabitethernet|te|ten|tengigabitethernet|twe|twentyfivegige|fo|hu)$/.test(
      word,
    )
  )
    return name;
  return `${word.slice(0, 2)}${match[2]}`;
}

function memberKeys(lag: LagFacts): Set<string> {
  return new Set(lag.members.map((member) => portKey(member.name)));
}

/** Whether two fragments say different things of what cannot differ within one LAG. */
function contradicts(a: LagFacts, b: LagFacts): boolean {
  const differ = (x: unknown, y: unknown) => x !== undefined && y !== undefined && x !== y;
  if (differ(a.system, b.system) || differ(a.mac, b.mac) || differ(a.recirculationId, b.recirculationId)) return true;
  if (a.configured === b.configured && differ(a.mode, b.mode)) return true;
  if (
    a.membersInHashOrder &&
    b.membersInHashOrder &&
    a.members.length > 1 &&
    a.members.map((m) => m.name).join() !== b.members.map((m) => m.name).join()
  )
    return true;
  const others = new Map(b.members.map((member) => [portKey(member.name), member]));
  return a.members.some((member) => {
    const other = others.get(portKey(member.name));
    return other !== undefined && (differ(member.permanentMac, other.permanentMac) || differ(member.ifIndex, other.ifIndex));
  });
}

function belongs(fragment: Fragment, group: Group): boolean {
  const { lag } = fragment;
  const names = memberKeys(lag);
  const sameName = group.fragments.some(
    (other) => other.lag.name !== null && lag.name !== null && portKey(other.lag.name) === portKey(lag.name),
  );
  const otherName = lag.name !== null && group.fragments.some((other) => other.lag.name !== null) && !sameName;
  if (otherName) return false;
  const overlap = [...names].some((name) => group.names.has(name));
  const silent = names.size === 0 || group.names.size === 0;
  if (!overlap && !(silent && sameName)) return false;
  return !group.fragments.some((other) => contradicts(other.lag, lag));
}

function isBare(lag: LagFacts): boolean {
  return lag.name === null && lag.members.length === 0;
}

/** Bucket tables name neither bond nor member: they go to the one bond whose id agrees. */
function belongsById(fragment: Fragment, group: Group): boolean {
  const { recirculationId, datapathBondId } = fragment.lag;
  return group.fragments.some(
    ({ lag }) =>
      (recirculationId !== undefined && lag.recirculationId === recirculationId) ||
      (datapathBondId !== undefined && lag.datapathBondId === datapathBondId),
  );
}

function groupFragments(texts: readonly StateText[]): Group[] {
  const groups: Group[] = [];
  const bare: Fragment[] = [];
  const add = (group: Group, fragment: Fragment) => {
    group.fragments.push(fragment);
    for (const name of memberKeys(fragment.lag)) group.names.add(name);
  };
  for (const { path, facts } of texts) {
    for (const lag of facts.lags) {
      const fragment = { path, facts, lag };
      if (isBare(lag)) {
        bare.push(fragment);
        continue;
      }
      const group = groups.find((item) => belongs(fragment, item));
      if (group !== undefined) add(group, fragment);
      else groups.push({ fragments: [fragment], names: memberKeys(lag) });
    }
  }
  for (const fragment of bare) {
    const fitting = groups.filter((group) => belongsById(fragment, group));
    const samePath = fitting.filter((group) => group.fragments.some((other) => other.path === fragment.path));
    // Ids count from 1 on every system: with two systems in the texts only the same file tells which is meant.
    const target = samePath.length === 1 ? samePath[0] : fitting.length === 1 ? fitting[0] : undefined;
    if (target !== undefined) add(target, fragment);
    else groups.push({ fragments: [fragment], names: new Set() });
  }
  return groups;
}

/** Fills what is absent in `target` from `source`. */
function fill<T extends object>(target: T, source: T): void {
  for (const key of Object.keys(source) as (keyof T)[]) if (target[key] === undefined || target[key] === null) target[key] = source[key];
}

function mergeMembers(fragments: readonly Fragment[]): Draft<MemberFacts>[] {
  // The order is that of the hash where any text knows it.
  const ordered = [...fragments].sort((a, b) => Number(b.lag.membersInHashOrder) - Number(a.lag.membersInHashOrder));
  const members = new Map<string, Draft<MemberFacts>>();
  for (const { lag } of ordered) {
    for (const member of lag.members) {
      const known = members.get(portKey(member.name));
      if (known === undefined) members.set(portKey(member.name), { ...member });
      else fill(known, member);
    }
  }
  return [...members.values()];
}

/** Interfaces that texts name, as far as they may belong to this group. */
function interfacesFor(group: Group, groups: readonly Group[], texts: readonly StateText[]): readonly InterfaceFacts[] {
  const rivals = groups.filter((other) => other !== group && [...other.names].some((name) => group.names.has(name)));
  const paths = new Set(group.fragments.map((fragment) => fragment.path));
  const usable = texts.filter((text) => rivals.length === 0 || paths.has(text.path));
  return usable.flatMap((text) => text.facts.interfaces);
}

function applyInterfaces(lag: Draft<LagFacts>, members: Draft<MemberFacts>[], interfaces: readonly InterfaceFacts[]): void {
  const uuids = new Set(lag.memberUuids);
  if (members.length === 0)
    for (const item of interfaces) if (item.uuid !== undefined && uuids.has(item.uuid)) members.push({ name: item.name });
  const byKey = new Map(members.map((member) => [portKey(member.name), member]));
  for (const item of interfaces) {
    const member = byKey.get(portKey(item.name));
    if (member === undefined) continue;
    const { permanentMac, mac, ifIndex, speedMbps, duplex, linkUp, openflowPort, datapathPort, counters } = item;
    if (member.permanentMac !== undefined && permanentMac !== undefined && member.permanentMac !== permanentMac) continue;
    fill<Draft<MemberFacts>>(member, {
      name: member.name,
      permanentMac,
      mac,
      ifIndex,
      speedMbps,
      duplex,
      linkUp,
      openflowPort,
      datapathPort,
      counters,
    });
  }
}

/** Names the members of buckets that are known by port number only. */
function nameBuckets(buckets: readonly BucketFacts[], members: readonly MemberFacts[]): readonly BucketFacts[] {
  const byOpenflow = new Map(members.filter((m) => m.openflowPort !== undefined).map((m) => [m.openflowPort, m.name]));
  const byDatapath = new Map(members.filter((m) => m.datapathPort !== undefined).map((m) => [m.datapathPort, m.name]));
  // The LACP port id of Open vSwitch is the OpenFlow port number, unless lacp-port-id says otherwise.
  const byLacp = new Map(members.filter((m) => m.actor?.port !== undefined).map((m) => [m.actor?.port, m.name]));
  return buckets.map((bucket) => {
    if (bucket.member !== undefined) return bucket;
    const { openflowPort, datapathPort } = bucket;
    const member = openflowPort === undefined ? byDatapath.get(datapathPort) : (byOpenflow.get(openflowPort) ?? byLacp.get(openflowPort));
    return member === undefined ? bucket : { ...bucket, member };
  });
}

function mergeBuckets(fragments: readonly Fragment[]): readonly BucketFacts[] | undefined {
  const buckets = new Map<number, Draft<BucketFacts>>();
  for (const { lag } of [...fragments].sort((a, b) => (b.lag.buckets?.length ?? 0) - (a.lag.buckets?.length ?? 0))) {
    for (const bucket of lag.buckets ?? []) {
      const known = buckets.get(bucket.bucket);
      if (known === undefined) buckets.set(bucket.bucket, { ...bucket });
      else if (known.member === undefined || bucket.member === undefined || known.member === bucket.member) fill(known, bucket);
    }
  }
  return buckets.size === 0 ? undefined : [...buckets.values()].sort((a, b) => a.bucket - b.bucket);
}

/** Policy of a whole switch, from the same file or from the same host. */
function systemPolicyFor(group: Group, texts: readonly StateText[]): StateFacts['systemPolicy'] {
  const paths = new Set(group.fragments.map((fragment) => fragment.path));
  const hosts = new Set(group.fragments.map((fragment) => fragment.facts.host).filter((host) => host !== undefined));
  return texts.find(
    (text) =>
      text.facts.systemPolicy !== undefined && (paths.has(text.path) || (text.facts.host !== undefined && hosts.has(text.facts.host))),
  )?.facts.systemPolicy;
}

/**
 * The same texts with everything known of each LAG in one place: each joined LAG stands in the first text that names it,
 * the other texts keep their interfaces, notes and events.
 */
export function joinStateTexts(texts: readonly StateText[]): StateText[] {
  if (texts.reduce((sum, text) => sum + text.facts.lags.length, 0) > MAX_LAGS) return [...texts];
  const groups = groupFragments(texts);
  const joined = new Map<StateFacts, LagFacts[]>();
  const kernels = new Map<StateFacts, string>();
  for (const group of groups) {
    // What runs says more than what was configured.
    const fragments = [...group.fragments].sort((a, b) => Number(a.lag.configured ?? false) - Number(b.lag.configured ?? false));
    const home = fragments[0];
    const lag: Draft<LagFacts> = { ...home.lag };
    for (const fragment of fragments.slice(1)) {
      const { configured: _configured, policyIsDefault: _policyIsDefault, ...rest } = fragment.lag;
      fill(lag, rest as Draft<LagFacts>);
    }
    const members = mergeMembers(fragments);
    applyInterfaces(lag, members, interfacesFor(group, groups, texts));
    lag.members = members;
    lag.membersInHashOrder = fragments.some((fragment) => fragment.lag.membersInHashOrder);
    const buckets = mergeBuckets(fragments);
    if (buckets !== undefined) lag.buckets = nameBuckets(buckets, members);
    const system = systemPolicyFor(group, texts);
    if (system !== undefined && lag.policy === undefined) {
      lag.policy = system.policy;
      lag.policyText ??= system.policyText;
    }
    const kernel = fragments.find((fragment) => fragment.facts.kernel !== undefined)?.facts.kernel;
    if (kernel !== undefined) kernels.set(home.facts, kernel);
    joined.set(home.facts, [...(joined.get(home.facts) ?? []), lag]);
  }
  return texts.map(({ path, facts }) => {
    const kernel = facts.kernel ?? kernels.get(facts);
    return { path, facts: { ...facts, ...(kernel === undefined ? {} : { kernel }), lags: joined.get(facts) ?? [] } };
  });
}
