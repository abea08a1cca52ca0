import type { Draft } from './importer.ts';
import type { LagFacts, MemberFacts } from './state-facts.ts';

/** Words that IOS, IOS XE, NX-OS and EOS share in their port-channel outputs. */

/** Registry id of an IOS load-balance method; undefined for those whose function is not published (mixed, extended, vlan …). */
export function readCiscoPolicy(text: string): string | undefined {
  const match = /^(src|dst|src-dst)-(mac|ip|port)$/.exec(text.toLowerCase());
  return match === null ? undefined : `cisco-${match[1]}-${match[2]}`;
}

/** LACP bundles as `802.3ad`, bundles without protocol as `static`; PAgP has no name of its own here. */
export function modeOfProtocol(protocol: string): string | undefined {
  const value = protocol.replace(/\(.*$/, '').toUpperCase();
  if (value === 'LACP') return '802.3ad';
  return value === '-' || value === 'NONE' || value === 'STATIC' ? 'static' : undefined;
}

/** Reads what the flags beside a port say: `P`/`bndl` (or `PG+` of EOS) bundled, `D` down. */
export function applyPortFlags(member: Draft<MemberFacts>, flags: string): void {
  member.flags = flags;
  member.active = flags === 'bndl' || (flags !== 'susp' && flags.includes('P'));
  if (flags === 'D') member.linkUp = false;
  else if (member.active) member.linkUp = true;
}

/** Buckets of a load mask, bit n = bucket n (IOS: result bundle hash 0 to 7). */
export function bucketsOfMasks(members: readonly MemberFacts[]): LagFacts['buckets'] {
  const buckets = [];
  for (let bucket = 0; bucket < 8; bucket++) {
    for (const member of members) if (((member.loadMask ?? 0) >> bucket) & 1) buckets.push({ bucket, member: member.name });
  }
  return buckets.length === 0 ? undefined : buckets;
}

/** `0007.eb49.5e80`, `50-14-00-07-00-00`, `0-24-f7-1-2-3` (NX-OS prints bytes without leading zero), with or without priority before. */
export function readSwitchMac(text: string): string | undefined {
  const value = text.toLowerCase();
  if (/^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/.test(value)) return value.replaceAll('.', '').match(/../g)!.join(':');
  if (!/^[0-9a-f]{1,2}(?:[-:][0-9a-f]{1,2}){5}$/.test(value)) return undefined;
  return value
    .split(/[-:]/)
    .map((byte) => byte.padStart(2, '0'))
    .join(':');
}
