import { cellText, valueAt } from './csv-cells.ts';
import type { Flow } from './document.ts';

/**
 * Columns of the CSV form of a flow: the JSON names with dots. Fixed for a number of members, so that a header can be
 * written before the first flow. Lists of numbers stand in one cell, separated by spaces.
 */
const PLAIN = [
  'id',
  'from',
  'to',
  'srcMac',
  'dstMac',
  'etherType',
  'vlans',
  'tcis',
  'src',
  'dst',
  'protocol',
  'srcPort',
  'dstPort',
  'spi',
  'icmp.type',
  'icmp.code',
  'icmp.id',
  'fragment',
  'flowLabel',
  'nextHeader',
  'arpOpcode',
  'tpids',
  'transport',
  'header',
  'afterAh.protocol',
  'afterAh.srcPort',
  'afterAh.dstPort',
] as const;
const QUOTED = [
  'src',
  'dst',
  'protocol',
  'srcPort',
  'dstPort',
  'spi',
  'icmp.type',
  'icmp.code',
  'icmp.id',
  'fragment',
  'flowLabel',
  'nextHeader',
] as const;
const INNER = ['srcMac', 'dstMac', 'etherType', 'vlans', 'tcis', ...QUOTED, 'tunnel.type', 'tunnel.id'] as const;
const RESULT = [
  'packets',
  'bytes',
  'firstTime',
  'lastTime',
  'observed',
  'predicted.member',
  'predicted.hash',
  'predicted.bucket',
  'verdict',
  'reason',
  'reverse',
] as const;
const MEMBER = ['name', 'packets', 'bytes', 'firstTime', 'lastTime'] as const;

export interface FlowColumns {
  readonly names: readonly string[];
  readonly paths: readonly (readonly string[])[];
}

/** The columns for LAGs of at most `memberCount` members. `lag` comes first. */
export function flowColumns(memberCount: number): FlowColumns {
  const names: string[] = [...PLAIN];
  names.push(...QUOTED.map((name) => `quoted.${name}`));
  names.push('tunnel.type', 'tunnel.id', ...INNER.map((name) => `tunnel.inner.${name}`), ...RESULT);
  for (let m = 0; m < memberCount; m++) names.push(...MEMBER.map((name) => `members.${m}.${name}`));
  return { names: ['lag', ...names], paths: names.map((name) => name.split('.')) };
}

/** The cells of one flow, in the order of the columns, without `lag`. Null and what does not exist are empty. */
export function flattenFlow(flow: Flow, columns: FlowColumns): string[] {
  return columns.paths.map((path) => cellText(valueAt(flow, path)));
}
