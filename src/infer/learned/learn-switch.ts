/**
 * Learns a switch that no known policy explains: the fields that determine the member, the selector as a linear map over
 * GF(2) where it is one, and a model file of it. Every claim is proven on flows that were kept back.
 */
import { findLearnedField, isOfClass, FIELD_WORDS, type FrameClass, type LearnedFieldId } from '../../hash/learned-fields.ts';
import { SWITCH_MODEL_FORMAT, SWITCH_MODEL_VERSION, type FieldRole, type LearnedModel } from '../../hash/learned-model.ts';
import { MOST_MEMBERS } from '../most-members.ts';
import type { FieldRows } from './field-sets.ts';
import { learnClass } from './learn-class.ts';
import type { LearnedClass } from './learned-class.ts';
import { learnNumber } from './learn-number.ts';

export interface LearnRequest {
  /** Rows of flows that stayed on one member, `member` counting into `names`. */
  readonly rows: FieldRows;
  readonly names: readonly string[];
  /** Flows that were looked at, and those of them that moved for no known reason. */
  readonly flows: number;
  readonly moved: number;
  readonly seed: number;
}

export interface LearnedSwitch {
  /**
   * `linear`: solved and proven, over GF(2), as the remainder of a known number, or as a table of its buckets. `classes`: these
   * fields decide, each seen value has its member. `keyed`: a function that is none of these (a secret key, or a number that
   * nobody published). `moving`: flows do not stay on a member. `undecided`: too little traffic.
   */
  readonly kind: 'linear' | 'classes' | 'keyed' | 'moving' | 'undecided';
  /** What `predict --model` reads; null where nothing can be predicted by it. */
  readonly model: LearnedModel | null;
  readonly roles: ReadonlyMap<LearnedFieldId, FieldRole>;
  /** One sentence for people. */
  readonly summary: string;
  readonly cases: readonly { readonly frames: FrameClass; readonly learned: LearnedClass }[];
  readonly stability: { readonly flows: number; readonly moved: number };
}

/** More moving flows than this: the sender does not place by what is in the headers, or not for long. */
const MOST_MOVING = 0.1;
/** Rows of a class from which anything can be learned. */
const LEAST_ROWS = 60;

/** Yields now and then: it may take seconds. */
export function* learnSwitch(request: LearnRequest): Generator<null, LearnedSwitch> {
  const { rows, names, flows, moved } = request;
  const stability = { flows, moved };
  const nothing = (kind: LearnedSwitch['kind'], summary: string): LearnedSwitch => ({
    kind,
    model: null,
    roles: new Map(),
    summary,
    cases: [],
    stability,
  });
  if (moved > flows * MOST_MOVING && moved > 10)
    return nothing('moving', `flows do not stay on a member: ${moved} of ${flows} moved, so the header alone does not decide`);
  if (names.length < 2 || new Set(rows.member.subarray(0, rows.count)).size < 2)
    return nothing('undecided', 'one member carries all: nothing shows what decides');
  if (names.length > MOST_MEMBERS) return nothing('undecided', `no switch is known that spreads over ${names.length} links`);
  const cases = yield* learnCases(request);
  const kind = overallKind(cases);
  const roles = joinRoles(cases);
  const solved = cases.filter(({ learned }) => learned.selector !== null);
  const sum = (pick: (learned: LearnedClass) => number): number => solved.reduce((total, { learned }) => total + pick(learned), 0);
  const model: LearnedModel | null =
    solved.length === 0
      ? null
      : {
          format: SWITCH_MODEL_FORMAT,
          version: SWITCH_MODEL_VERSION,
          members: [...names],
          fields: [...roles].map(([id, role]) => ({ id, role })),
          cases: solved.flatMap(({ frames, learned }) => (learned.selector === null ? [] : [{ frames, selector: learned.selector }])),
          check: {
            flows: sum((l) => l.flows),
            right: sum((l) => l.right),
            heldOut: sum((l) => l.heldOut),
            heldOutRight: sum((l) => l.heldOutRight),
          },
          note: summarize(kind, roles, cases, names.length),
        };
  return { kind, model, roles, summary: summarize(kind, roles, cases, names.length), cases, stability };
}

type Case = LearnedSwitch['cases'][number];

/** One selector for all frames if there is one; else one for each sort of frames that has its own. */
function* learnCases(request: LearnRequest): Generator<null, Case[]> {
  const whole = learnOne(request, 'all');
  if (whole.learned.kind === 'linear') return [whole];
  // Where equal values agree, and are too few to solve, parts of them are too few even more.
  const parted = whole.learned.kind === 'classes' ? [] : learnParts(request);
  if (parted.some(({ learned }) => learned.kind === 'linear')) return parted;
  const numbers: Case[] = [];
  for (const frames of LAYOUTS) {
    const learned = yield* learnNumber(request.rows, rowsOf(request.rows, frames), request.seed);
    if (learned !== null && isNoLarger(learned, whole.learned)) numbers.push({ frames, learned });
  }
  return numbers.length > 0 ? numbers : [whole];
}

/** What equal values of some fields decide needs no number of more fields: that may seem to fit where few values differ. */
function isNoLarger(number: LearnedClass, values: LearnedClass): boolean {
  return values.selector === null || [...number.roles].every(([id, role]) => role !== 'used' || values.roles.get(id) === 'used');
}

function learnParts(request: LearnRequest): Case[] {
  return (['ipv4', 'ipv6', 'other'] as const).flatMap((frames): Case[] => {
    const list = rowsOf(request.rows, frames);
    if (list.length === request.rows.count || list.length < LEAST_ROWS) return [];
    const one = learnOne(request, frames);
    if (one.learned.kind === 'linear' || frames === 'other') return [one];
    const parts = frames === 'ipv4' ? (['ipv4-ports', 'ipv4-rest'] as const) : (['ipv6-ports', 'ipv6-rest'] as const);
    const parted = parts.flatMap((part) => (rowsOf(request.rows, part).length < LEAST_ROWS ? [] : [learnOne(request, part)]));
    return parted.some(({ learned }) => learned.kind === 'linear') ? parted : [one];
  });
}

/** Frames whose fields stand at the same places of a key. */
const LAYOUTS = ['ipv4-ports', 'ipv6-ports', 'ipv4-rest', 'ipv6-rest'] as const;

function learnOne(request: LearnRequest, frames: FrameClass): Case {
  return { frames, learned: learnClass(request.rows, rowsOf(request.rows, frames), request.seed) };
}

const KIND = findLearnedField('kind')?.word ?? 0;

function rowsOf(rows: FieldRows, frames: FrameClass): Uint32Array {
  const list = new Uint32Array(rows.count);
  let count = 0;
  for (let i = 0; i < rows.count; i++) if (isOfClass(rows.words[i * FIELD_WORDS + KIND], frames)) list[count++] = i;
  return list.subarray(0, count);
}

function overallKind(cases: readonly Case[]): LearnedSwitch['kind'] {
  for (const kind of ['linear', 'classes', 'keyed'] as const) if (cases.some(({ learned }) => learned.kind === kind)) return kind;
  return 'undecided';
}

/** A field that any case uses is used; unused only where all that looked at it say so. */
function joinRoles(cases: readonly Case[]): Map<LearnedFieldId, FieldRole> {
  const roles = new Map<LearnedFieldId, FieldRole>();
  for (const { learned } of cases) {
    for (const [id, role] of learned.roles) {
      const before = roles.get(id);
      if (before === undefined || role === 'used' || (role === 'untested' && before === 'unused')) roles.set(id, role);
    }
  }
  return roles;
}

function summarize(
  kind: LearnedSwitch['kind'],
  roles: ReadonlyMap<LearnedFieldId, FieldRole>,
  cases: readonly Case[],
  members: number,
): string {
  const used = [...roles].filter(([, role]) => role === 'used').map(([id]) => findLearnedField(id)?.title ?? id);
  const fields = used.length === 0 ? 'no field known' : used.join(', ');
  const heldOut = cases.reduce((sum, { learned }) => sum + learned.heldOut, 0);
  const right = cases.reduce((sum, { learned }) => sum + learned.heldOutRight, 0);
  switch (kind) {
    case 'linear': {
      const titles = [...new Set(cases.flatMap(({ learned }) => learned.title ?? []))];
      if (titles.length > 0) return `${titles.join('; ')}; ${right} of ${heldOut} flows that were kept back are where it says`;
      return `linear over GF(2) in ${fields}; ${right} of ${heldOut} flows that were kept back are where it says`;
    }
    case 'classes':
      return `${fields} decide; each value seen has its member, and equal values agreed in ${right} of ${heldOut} flows kept back`;
    case 'keyed':
      return `not linear over GF(2), nor by the remainder or a table of a CRC or XOR that is known: keyed, or shared out unevenly over ${members} members; ${used.length === 0 ? 'too few flows are alike to tell which fields decide' : `decided by ${fields}`}`;
    default:
      return 'too few flows to tell which fields decide';
  }
}
