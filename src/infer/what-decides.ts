import type { Hypothesis } from './hypothesis.ts';
import type { RankedRule } from './rank-rules.ts';
import type { Observation } from './observe.ts';

const ETHERNET = /^(layer2|layer2\+3|encap2\+3)$/;
const IP = /^(layer2\+3|layer3\+4|encap2\+3|encap3\+4)$/;

/** Versions of Linux in order, what each changed in which policies, and traffic that shows it (hash-spec 1.1). */
const ERA_TRAFFIC: readonly (readonly [era: string, policies: RegExp, traffic: string])[] = [
  ['linux-2.6', /^$/, ''],
  ['linux-3.7', IP, 'IPv6 flows'],
  ['linux-3.13', IP, 'flows between addresses that differ in their first bytes'],
  ['linux-3.17', ETHERNET, 'IPv4 beside IPv6 or ARP between the same stations'],
  ['linux-4.15', IP, 'flows whose hashes differ in the lowest bit only, such as neighbouring ports'],
  ['linux-5.5', IP, 'pings with different identifiers, or ICMP errors'],
  ['linux-5.15.17', ETHERNET, 'IPv4 beside IPv6 or ARP between the same stations'],
  ['linux-5.18', /^(layer2\+3|encap2\+3)$/, 'flows between neighbouring addresses'],
];

/** Traffic that the second of two rules would place otherwise than the first; null where nothing is known. */
export function trafficBetween(x: Hypothesis, y: Hypothesis): string | null {
  if (x.policy.id === y.policy.id) return trafficBetweenVersions(x.policy.id, x.variant, y.variant);
  const tunnels = (h: Hypothesis): boolean => h.policy.id.startsWith('encap');
  const plain = (h: Hypothesis): string => h.policy.id.replace('encap', 'layer');
  if (tunnels(x) !== tunnels(y) && plain(x) === plain(y))
    return 'tunnels (GRE, IP in IP) with different inner addresses, ICMP errors, or ARP';
  const parts = [
    [/port/i, 'several connections between one pair of IP addresses, with different ports'],
    [/IP address/i, 'several IP addresses behind one pair of MAC addresses'],
    [/VLAN|tag/i, 'the same stations in several VLANs'],
    [/destination MAC/i, 'one station that sends to several MAC addresses'],
    [/source MAC/i, 'several stations that send to one MAC address'],
  ] as const;
  for (const [field, traffic] of parts) {
    const sees = (h: Hypothesis): boolean => h.policy.fields.some((f) => field.test(f));
    if (sees(x) !== sees(y)) return traffic;
  }
  return null;
}

/** What changed between two versions of one policy; null where nothing did. */
function trafficBetweenVersions(policy: string, x: string, y: string): string | null {
  const places = [x, y].map((era) => ERA_TRAFFIC.findIndex(([id]) => id === era)).sort((a, b) => a - b);
  if (places[0] < 0) return null;
  return ERA_TRAFFIC.slice(places[0] + 1, places[1] + 1).find(([, policies]) => policies.test(policy))?.[2] ?? null;
}

/** What would tell the best rule from its equivalents and from those after it; other policies first, versions then. */
export function trafficThatDecides(rules: readonly RankedRule[], least: number): string[] {
  const best = rules[0]?.best.hypothesis;
  if (best === undefined) return [];
  const others = [
    ...rules[0].equivalent,
    ...rules.slice(1).flatMap((r) => (r.probability < least ? [] : [r.best.hypothesis, ...r.equivalent])),
  ];
  const texts: string[] = [];
  for (const samePolicy of [false, true]) {
    for (const other of others) {
      if ((other.policy.id === best.policy.id) !== samePolicy) continue;
      const traffic = trafficBetween(best, other);
      const name = samePolicy ? other.variant : other.policy.id;
      if (traffic !== null && !texts.some((text) => text.endsWith(traffic))) texts.push(`from ${name}: ${traffic}`);
    }
  }
  return texts;
}

/** Rows that the two best rules place differently, most frames first. */
export function decidingRows(rules: readonly RankedRule[], seen: Observation, most: number): number[] {
  if (rules.length < 2) return [];
  const [x, y] = [rules[0].best.predicted, rules[1].best.predicted];
  const { memberCount } = seen.flows;
  const frames = (i: number): number => {
    let sum = 0;
    for (let m = 0; m < memberCount; m++) sum += seen.packets[i * memberCount + m];
    return sum;
  };
  const rows: number[] = [];
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) rows.push(i);
  return rows.sort((a, b) => frames(b) - frames(a) || a - b).slice(0, most);
}
