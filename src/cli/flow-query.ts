import { FLOW_SORT_FIELDS, type FlowFilterTerm, type FlowQuery } from '../pipeline/flows-analysis.ts';
import { isIPv4, isIPv6 } from 'node:net';
import { usageError } from './exit-codes.ts';
import { unknownValue } from './nearest.ts';
import { normalizeMac, parseWholeNumber } from './option-values.ts';

const WHERE_FIELDS = ['ip', 'mac', 'port', 'vlan', 'proto', 'member', 'verdict', 'side', 'bucket'] as const;
const VERDICTS = ['match', 'mismatch', 'moved', 'control', 'unpredicted'] as const;
/** What one wants to see the most of first. */
const LARGEST_FIRST: readonly string[] = ['bytes', 'packets', 'duration'];

/** `--where ip=10.0.0.0/8,port=443,verdict=mismatch`: the comma means "and". */
export function parseWhere(expressions: readonly string[]): FlowFilterTerm[] {
  return expressions.flatMap((expression) => expression.split(',').map(parseTerm));
}

function parseTerm(term: string): FlowFilterTerm {
  const equals = term.indexOf('=');
  if (equals <= 0) throw usageError(`--where '${term}': expected FIELD=VALUE, for example ip=10.0.0.0/8 or verdict=mismatch`);
  const name = term.slice(0, equals).trim();
  const value = term.slice(equals + 1).trim();
  const field = WHERE_FIELDS.find((candidate) => candidate === name);
  if (field === undefined) throw usageError(`--where: ${unknownValue('field', name, WHERE_FIELDS)}`);
  if (value === '') throw usageError(`--where ${field}=: the value is missing`);
  return { field, value: checkValue(field, value) };
}

function checkValue(field: FlowFilterTerm['field'], value: string): string {
  const bad = (expected: string): Error => usageError(`--where ${field}=${value}: expected ${expected}`);
  switch (field) {
    case 'ip':
      if (!isCidr(value)) throw bad('an address or a prefix such as 10.0.0.0/8 or 2001:db8::/32');
      return value;
    case 'mac': {
      const mac = normalizeMac(value);
      if (mac === null) throw bad('a MAC address such as 02:00:00:00:00:01');
      return mac;
    }
    case 'port':
      if (parseWholeNumber(value, 0xffff) === null) throw bad('a port, 0 to 65535');
      return value;
    case 'vlan':
      if (parseWholeNumber(value, 0xfff) === null) throw bad('a VLAN id, 0 to 4095');
      return value;
    case 'proto':
      if (!/^[a-z][a-z0-9-]*$/i.test(value) && parseWholeNumber(value, 0xff) === null)
        throw bad('a protocol such as tcp, udp, icmp or a number, 0 to 255');
      return value.toLowerCase();
    case 'verdict':
      if (!VERDICTS.some((verdict) => verdict === value)) throw usageError(`--where: ${unknownValue('verdict', value, VERDICTS)}`);
      return value;
    case 'side':
      if (value !== 'a' && value !== 'b') throw bad('a or b (the side that sends)');
      return value;
    case 'bucket':
      if (parseWholeNumber(value, 0xff) === null) throw bad('a bucket of Open vSwitch or an index among the active members, 0 to 255');
      return value;
    case 'member':
      return value;
  }
}

function isCidr(value: string): boolean {
  const slash = value.indexOf('/');
  const address = slash < 0 ? value : value.slice(0, slash);
  const bits = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : -1;
  return bits > 0 && (slash < 0 || parseWholeNumber(value.slice(slash + 1), bits) !== null);
}

/** `--sort FIELD`: bytes, packets and duration largest first, the others in rising order; `+FIELD` and `-FIELD` say which. */
export function parseSort(text: string): string {
  const sign = /^[+-]/.exec(text)?.[0];
  const name = sign === undefined ? text : text.slice(1);
  const field = FLOW_SORT_FIELDS.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (field === undefined) throw usageError(`--sort: ${unknownValue('field', name, FLOW_SORT_FIELDS)}`);
  const descending = sign === undefined ? LARGEST_FIRST.includes(field) : sign === '-';
  return descending ? `-${field}` : field;
}

export interface FlowSelection {
  readonly where: readonly FlowFilterTerm[];
  readonly sort?: string;
  readonly top?: number;
}

/** The query of a format: machines get all flows in order of first frame, people the largest ones first. */
export function queryFor(selection: FlowSelection, forPeople: boolean, peopleTop: number): FlowQuery {
  const top = selection.top ?? (forPeople ? peopleTop : undefined);
  return { where: selection.where, sort: selection.sort ?? (top === undefined ? 'firstTime' : '-bytes'), top };
}
