import { writeFixes } from '../fix/registry.ts';
import { targetOfLag } from '../fix/target.ts';
import type { FixTarget, TargetSystem } from '../fix/target.ts';
import type { DiagnoseContext } from './context.ts';
import type { Moment, RawFinding } from './finding.ts';
import type { Rule } from './rule.ts';
import { messageOf } from './languages.ts';
import type { Language } from './languages.ts';
import { fillMessage } from './messages.ts';

export interface DescribeOptions {
  readonly language: Language;
  /** Only fixes of this syntax. */
  readonly syntax?: string;
  readonly formatTime: (seconds: number, nanos: number) => string;
  readonly pathOf: (source: number) => string;
}

/** A finding as the document has it. */
export interface DescribedFinding {
  id: string;
  severity: 'error' | 'warn' | 'info';
  title: string;
  detail: string;
  lag: string | null;
  members: string[];
  side: 'a' | 'b' | null;
  since: string | null;
  evidence: { path: string; packet: number; time: string | null; note: string }[];
  fix: { syntax: string; text: string; verify?: string; note?: string }[];
}

/** Frames listed as evidence at most: one member may flap for days. */
const MAX_EVIDENCE = 20;

export function describeFinding(rule: Rule, raw: RawFinding, context: DiagnoseContext, options: DescribeOptions): DescribedFinding {
  const { formatTime, pathOf, language } = options;
  const text = (time: Moment | null): string | null => (time === null ? null : formatTime(time.seconds, time.nanos));
  const members = [...new Set(raw.members)].map((m) => context.members[m].name);
  const { message, sides } = messageOf(raw.message ?? raw.id, language);
  const values = {
    members: portNames(raw, context) ?? members.join(', '),
    side: raw.side === null ? sides.both : raw.side === 0 ? sides.a : sides.b,
    since: text(raw.since)?.slice(11, 23) ?? '',
    ...raw.values,
  };
  return {
    id: raw.id,
    severity: rule.severity,
    title: fillMessage(message.title, values),
    detail: fillMessage(message.detail, values),
    lag: context.lagId,
    members,
    side: raw.side === null ? null : raw.side === 0 ? 'a' : 'b',
    since: text(raw.since),
    evidence: raw.evidence
      .slice(0, MAX_EVIDENCE)
      .map(({ source, frame, time, note }) => ({ path: pathOf(source), packet: frame, time: text(time), note })),
    fix: (raw.changes ?? []).flatMap(({ side, change }) =>
      targetsOf(context, side).flatMap((target) => writeFixes(change, target, options.syntax)),
    ),
  };
}

/** Members with the numbers of the ports meant, where one member's captures show several links; else null. */
function portNames({ ports = [] }: RawFinding, { members }: DiagnoseContext): string | null {
  if (ports.every(({ link }) => link === null)) return null;
  const names = ports.map(
    ({ member, actor, link }) =>
      `${members[member].name}${link === null || actor === null ? '' : ` (port ${actor.port} of ${actor.system})`}`,
  );
  return [...new Set(names)].join(', ');
}

/** The system to configure at a side: as its state text says; else what a Linux host and a switch would type. */
function targetsOf(context: DiagnoseContext, side: 0 | 1): FixTarget[] {
  const known = context.facts.find((fact) => fact.side === side);
  if (known !== undefined) return [targetOfLag(known.facts, systemOf(known.facts.mode, known.facts.lacpStatus !== undefined))];
  const members = context.members.map((member) => member.name);
  return (['linux', 'ovs', 'switch'] as const).map((system) => ({ system, bond: null, members }));
}

function systemOf(mode: string | undefined, hasOvsStatus: boolean): TargetSystem {
  if (mode?.startsWith('ovs-') === true || hasOvsStatus) return 'ovs';
  return mode === 'static' || mode === undefined ? 'switch' : 'linux';
}
