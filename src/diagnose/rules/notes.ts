import type { DiagnoseContext } from '../context.ts';
import type { RawFinding, Severity } from '../finding.ts';
import type { FindingId } from '../messages.ts';
import type { Rule } from '../rule.ts';

/** What an importer of state text noted, by id. */
const NOTED: readonly (readonly [FindingId, Severity])[] = [
  ['bond/no-link-speed', 'warn'],
  ['bond/link-failures', 'warn'],
  ['bond/churned', 'warn'],
  ['ovs/absurd-load', 'warn'],
  ['ovs/ignored-key', 'warn'],
  ['config/mixed-slaves-and-master', 'warn'],
  ['config/slave-not-auto', 'warn'],
  ['config/address-on-manual', 'warn'],
  ['config/bridge-ovs-mix', 'warn'],
  ['config/missing-miimon', 'warn'],
  ['config/default-policy', 'info'],
];

function ruleOf(id: FindingId, severity: Severity): Rule {
  return {
    id,
    severity,
    check: (context) =>
      distinct(context.notes.filter(({ note }) => note.id === id))
        .filter(({ note }) => id !== 'bond/link-failures' || context.captures.length === 0 || isRising(context, note))
        .map(({ path, note }): RawFinding => {
          const member = context.members.findIndex((candidate) => candidate.name === note.member);
          const side = context.facts.find((fact) => fact.path === path)?.side ?? null;
          return {
            id,
            values: { note: note.detail, path, line: note.line, ...(member < 0 && { members: note.member ?? note.lag ?? 'a member' }) },
            members: member < 0 ? [] : [member],
            side,
            since: null,
            evidence: [],
          };
        }),
  };
}

type Notes = DiagnoseContext['notes'];

/** One of each kind per member or LAG, the last text's. */
function distinct(notes: Notes): Notes {
  const byPlace = new Map<string, Notes[number]>();
  for (const entry of notes) byPlace.set(`${entry.note.lag ?? ''} ${entry.note.member ?? `line ${entry.note.line}`}`, entry);
  return [...byPlace.values()];
}

/** A counter that is not zero may be years old: beside captures it counts where two texts differ. */
function isRising(context: DiagnoseContext, { member, detail, id }: Notes[number]['note']): boolean {
  return context.notes.some(({ note }) => note.id === id && note.member === member && note.detail !== detail);
}

/**
 * What a log of the bonding driver says of things that captures show better: told where nothing was captured. `values`
 * fill the places that captures would fill.
 */
const LOGGED: readonly (readonly [FindingId, Severity, (entry: Notes[number]) => RawFinding['values']])[] = [
  [
    'lacp/no-partner',
    'error',
    ({ path, note }) => ({
      side: note.lag ?? 'The bond',
      since: `the time of ${path}`,
      heard: `${note.detail} (line ${note.line}).`,
      sent: '?',
    }),
  ],
  ['bond/failover', 'warn', ({ path, note }) => ({ why: `${note.detail} (${path}, line ${note.line})`, since: 'that line', until: '' })],
  ['lacp/loopback', 'error', ({ note }) => ({ system: `that the log does not name (${note.detail})` })],
  ['bond/duplicate-mac', 'warn', ({ note }) => ({ mac: `one address (${note.detail})` })],
];

function logRuleOf([id, severity, valuesOf]: (typeof LOGGED)[number]): Rule {
  return {
    id,
    severity,
    check: (context) =>
      context.captures.length > 0
        ? []
        : distinct(context.notes.filter(({ note }) => note.id === id)).map((entry): RawFinding => {
            const member = context.members.findIndex(({ name }) => name === entry.note.member);
            return {
              id,
              values: { ...valuesOf(entry), ...(member < 0 && { members: entry.note.member ?? entry.note.lag ?? 'the bond' }) },
              members: member < 0 ? [] : [member],
              side: null,
              since: null,
              evidence: [],
            };
          }),
  };
}

export const noteRules: readonly Rule[] = [...LOGGED.map(logRuleOf), ...NOTED.map(([id, severity]) => ruleOf(id, severity))];
