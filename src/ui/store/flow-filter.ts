/** The filter of the flow list, in the command line's language: `ip=10.0.0.0/8,port=443,verdict=mismatch`. */
import type { FlowFilterTerm } from '../../pipeline/flows-analysis.ts';

type Field = FlowFilterTerm['field'];

const FIELD_LIST: Record<Field, string> = {
  ip: 'an address or a network: 10.0.0.1, 10.0.0.0/8, 2001:db8::/32',
  mac: 'a MAC address',
  port: 'a port number',
  vlan: 'a VLAN id',
  proto: 'tcp, udp, icmp, arp, … or a number',
  member: 'a member’s name',
  verdict: 'match, mismatch, moved, control or unpredicted',
  side: 'the sender: a or b',
  bucket: 'a bucket of Open vSwitch, or an index among the active members',
};
export const FILTER_FIELDS = Object.keys(FIELD_LIST) as readonly Field[];

export interface ParsedFilter {
  readonly terms: readonly FlowFilterTerm[];
  /** What is wrong with the text, or null. The terms before it hold. */
  readonly trouble: string | null;
}

export function parseFilter(text: string): ParsedFilter {
  const terms: FlowFilterTerm[] = [];
  for (const part of text.split(',')) {
    const term = part.trim();
    if (term === '') continue;
    const equals = term.indexOf('=');
    const field = term.slice(0, Math.max(0, equals)).trim().toLowerCase();
    const value = term.slice(equals + 1).trim();
    if (equals <= 0 || !isField(field)) return { terms, trouble: `“${term}”: write FIELD=VALUE with ${FILTER_FIELDS.join(', ')}` };
    if (value === '') return { terms, trouble: `${field}= wants ${FIELD_LIST[field]}` };
    const trouble = checkValue(field, value);
    if (trouble) return { terms, trouble };
    terms.push({ field, value });
  }
  return { terms, trouble: null };
}

function isField(name: string): name is Field {
  return Object.hasOwn(FIELD_LIST, name);
}

function checkValue(field: Field, value: string): string | null {
  const good =
    field === 'port'
      ? isNumberBelow(value, 65536)
      : field === 'vlan'
        ? isNumberBelow(value, 4096)
        : field === 'side'
          ? value === 'a' || value === 'b'
          : field === 'bucket'
            ? isNumberBelow(value, 256)
            : field === 'verdict'
              ? ['match', 'mismatch', 'moved', 'control', 'unpredicted'].includes(value)
              : field === 'ip'
                ? /^[0-9a-f.:]+(\/\d{1,3})?$/i.test(value)
                : field === 'mac'
                  ? /^([0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2}$/i.test(value)
                  : true;
  return good ? null : `${field}=${value}: expected ${FIELD_LIST[field]}`;
}

function isNumberBelow(value: string, bound: number): boolean {
  return /^\d{1,6}$/.test(value) && Number(value) < bound;
}

export function formatFilter(terms: readonly FlowFilterTerm[]): string {
  return terms.map(({ field, value }) => `${field}=${value}`).join(',');
}

/** Sets one field to a value, or takes it out where it has that value already. */
export function toggleTerm(text: string, field: Field, value: string): string {
  const { terms } = parseFilter(text);
  const others = terms.filter((term) => term.field !== field);
  const had = terms.some((term) => term.field === field && term.value === value);
  return formatFilter(had ? others : [...others, { field, value }]);
}

export function hasTerm(text: string, field: Field, value: string): boolean {
  return parseFilter(text).terms.some((term) => term.field === field && term.value === value);
}

/** Sets fields to values; null takes a field out. */
export function setTerms(text: string, values: Partial<Record<Field, string | null>>): string {
  const kept = parseFilter(text).terms.filter((term) => !(term.field in values));
  const set = Object.entries(values).flatMap(([field, value]) =>
    value === null || value === undefined ? [] : [{ field: field as Field, value }],
  );
  return formatFilter([...kept, ...set]);
}
