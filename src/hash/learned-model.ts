/**
 * The file format of a learned switch: which header bits enter, and how they select the member. JSON, versioned;
 * read tolerantly (unknown keys are ignored), refused with the place and the reason. docs/switch-model.md tells it.
 */
import { fail, ok, type Result } from '../base/result.ts';
import { FRAME_CLASSES, findLearnedField, parseFieldHex, type FrameClass, type LearnedFieldId } from './learned-fields.ts';

export const SWITCH_MODEL_FORMAT = 'lacpviz-switch-model';
export const SWITCH_MODEL_VERSION = 1;
/** A table of more buckets than this is no small model. */
export const MAX_SELECTOR_BITS = 12;
export const MAX_MODEL_MEMBERS = 256;
/** Bits of a number of which remainders are taken, sums, and their moduli. */
export const MAX_VALUE_BITS = 64;
export const MAX_SUMS = 8;
export const MAX_MODULUS = 16;

/** An affine function over GF(2): the parity of the masked field bits, XOR `constant`. */
export interface AffineBit {
  /** Hexadecimal mask per field; fields not named do not enter. */
  readonly masks: Readonly<Partial<Record<LearnedFieldId, string>>>;
  readonly constant: 0 | 1;
}

/** `member = table[b0 + 2·b1 + 4·b2 …]`, each bit an affine function of the fields. */
export interface LinearSelector {
  readonly kind: 'linear';
  readonly bits: readonly AffineBit[];
  /** Index of the member per bucket, null for buckets that were never seen. */
  readonly table: readonly (number | null)[];
  /** What the training flows had in common: flows outside are not predicted, since nothing tells what their bits do. */
  readonly known: {
    /** Bits of a field that never varied, and their value. */
    readonly constant: Readonly<Partial<Record<LearnedFieldId, { readonly mask: string; readonly value: string }>>>;
    /** Affine functions that were 0 for every training flow. */
    readonly relations: readonly AffineBit[];
  };
}

/** A sum of bits modulo a small number: `constant + sum of weights[i] * bit i`. */
export interface RemainderSum {
  readonly modulus: number;
  readonly weights: readonly number[];
  readonly constant: number;
}

/** A number modulo the members: `member = table[r0 + m0·r1 + m0·m1·r2 …]`, r the sums' remainders, m their moduli. */
export interface RemainderSelector {
  readonly kind: 'remainder';
  readonly bits: readonly AffineBit[];
  readonly sums: readonly RemainderSum[];
  readonly table: readonly (number | null)[];
  readonly known: LinearSelector['known'];
}

/** Seen combinations of the fields' values, each with its member; others are not predicted. */
export interface ClassSelector {
  readonly kind: 'classes';
  readonly fields: readonly LearnedFieldId[];
  /** Hexadecimal values of `fields` joined by dots -> index of the member. */
  readonly members: Readonly<Record<string, number>>;
}

/** The fields decide, but by no function that can be told. */
export interface KeyedSelector {
  readonly kind: 'keyed';
  readonly fields: readonly LearnedFieldId[];
}

export type Selector = LinearSelector | RemainderSelector | ClassSelector | KeyedSelector;

/** `used`: enters. `unused`: flows that differ in it show that it does not. `untested`: the traffic does not tell. */
export type FieldRole = 'used' | 'unused' | 'untested';

export interface LearnedModel {
  readonly format: typeof SWITCH_MODEL_FORMAT;
  readonly version: number;
  /** Names of the members; a selector speaks of their places in this list. */
  readonly members: readonly string[];
  readonly fields: readonly { readonly id: LearnedFieldId; readonly role: FieldRole }[];
  /** The first case whose class a frame belongs to decides; a frame of none is not predicted. */
  readonly cases: readonly { readonly frames: FrameClass; readonly selector: Selector }[];
  /** How well it did on flows that it had not seen. */
  readonly check?: { readonly flows: number; readonly right: number; readonly heldOut: number; readonly heldOutRight: number };
  readonly note?: string;
}

/** Reads the text of a model file. */
export function parseLearnedModel(text: string): Result<LearnedModel> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(`not JSON: ${(error as Error).message}`);
  }
  return readLearnedModel(value);
}

/** Checks that a value is a model that can be computed. */
export function readLearnedModel(value: unknown): Result<LearnedModel> {
  if (!isObject(value)) return refuse('not a JSON object');
  if (value.format !== SWITCH_MODEL_FORMAT) return refuse(`format: expected "${SWITCH_MODEL_FORMAT}", found ${show(value.format)}`);
  if (typeof value.version !== 'number' || !Number.isInteger(value.version) || value.version < 1)
    return refuse(`version: ${show(value.version)} is not a version number`);
  if (value.version > SWITCH_MODEL_VERSION)
    return refuse(`version: ${value.version} is newer than this program knows (${SWITCH_MODEL_VERSION})`);
  const { members, cases } = value;
  if (!Array.isArray(members) || members.length < 1 || members.length > MAX_MODEL_MEMBERS)
    return refuse(`members: expected a list of 1 to ${MAX_MODEL_MEMBERS} names`);
  if (members.some((name) => typeof name !== 'string' || name === '')) return refuse('members: every name is a text');
  if (new Set(members).size < members.length) return refuse('members: a name stands there twice');
  if (!Array.isArray(cases) || cases.length === 0) return refuse('cases: expected a list with at least one case');
  for (let c = 0; c < cases.length; c++) {
    const wrong = checkCase(cases[c], members.length);
    if (wrong !== null) return refuse(`cases[${c}].${wrong}`);
  }
  const fields = value.fields ?? [];
  if (!Array.isArray(fields)) return refuse('fields: expected a list');
  for (let f = 0; f < fields.length; f++) {
    const field: unknown = fields[f];
    if (!isObject(field) || typeof field.id !== 'string' || findLearnedField(field.id) === null)
      return refuse(`fields[${f}].id: unknown field ${show(isObject(field) ? field.id : field)}`);
    if (field.role !== 'used' && field.role !== 'unused' && field.role !== 'untested')
      return refuse(`fields[${f}].role: expected used, unused or untested, found ${show(field.role)}`);
  }
  const model = { ...value, fields } as unknown as LearnedModel;
  return ok(model);
}

function checkCase(value: unknown, members: number): string | null {
  if (!isObject(value)) return 'expected an object';
  if (!FRAME_CLASSES.some((frames) => frames === value.frames))
    return `frames: ${show(value.frames)} is none of ${FRAME_CLASSES.join(', ')}`;
  const { selector } = value;
  if (!isObject(selector)) return 'selector: expected an object';
  switch (selector.kind) {
    case 'linear':
      return checkLinear(selector, members);
    case 'remainder':
      return checkRemainder(selector, members);
    case 'classes':
      return checkClasses(selector, members);
    case 'keyed':
      return checkFieldList(selector.fields);
    default:
      return `selector.kind: ${show(selector.kind)} is none of linear, remainder, classes, keyed`;
  }
}

function checkLinear(selector: Record<string, unknown>, members: number): string | null {
  const { bits, table, known } = selector;
  const wrong = checkBits(bits, MAX_SELECTOR_BITS);
  if (wrong !== null) return wrong;
  return checkTable(table, 2 ** (bits as unknown[]).length, members) ?? checkKnown(known);
}

function checkRemainder(selector: Record<string, unknown>, members: number): string | null {
  const { bits, sums, table, known } = selector;
  const wrong = checkBits(bits, MAX_VALUE_BITS);
  if (wrong !== null) return wrong;
  const count = (bits as unknown[]).length;
  if (!Array.isArray(sums) || sums.length === 0 || sums.length > MAX_SUMS) return `selector.sums: expected a list of 1 to ${MAX_SUMS}`;
  let cells = 1;
  for (let s = 0; s < sums.length; s++) {
    const sum: unknown = sums[s];
    if (!isObject(sum) || !isIndex(sum.modulus, MAX_MODULUS + 1) || (sum.modulus as number) < 2)
      return `selector.sums[${s}].modulus: expected 2 to ${MAX_MODULUS}`;
    const { modulus, weights, constant } = sum as { modulus: number; weights: unknown; constant: unknown };
    if (!Array.isArray(weights) || weights.length !== count || !weights.every((weight) => isIndex(weight, modulus)))
      return `selector.sums[${s}].weights: expected ${count} numbers below ${modulus}`;
    if (!isIndex(constant, modulus)) return `selector.sums[${s}].constant: expected a number below ${modulus}`;
    cells *= modulus;
  }
  return checkTable(table, cells, members) ?? checkKnown(known);
}

function checkBits(bits: unknown, most: number): string | null {
  if (!Array.isArray(bits) || bits.length > most) return `selector.bits: expected a list of at most ${most}`;
  for (let b = 0; b < bits.length; b++) {
    const wrong = checkAffine(bits[b]);
    if (wrong !== null) return `selector.bits[${b}]${wrong}`;
  }
  return null;
}

function checkTable(table: unknown, entries: number, members: number): string | null {
  if (!Array.isArray(table) || table.length !== entries) return `selector.table: expected ${entries} entries`;
  for (let t = 0; t < table.length; t++)
    if (table[t] !== null && !isIndex(table[t], members))
      return `selector.table[${t}]: ${show(table[t])} is no member's index and not null`;
  return null;
}

function checkKnown(known: unknown): string | null {
  if (known === undefined) return null;
  if (!isObject(known)) return 'selector.known: expected an object';
  const constant = known.constant ?? {};
  if (!isObject(constant)) return 'selector.known.constant: expected an object';
  for (const [id, entry] of Object.entries(constant)) {
    const field = findLearnedField(id);
    if (field === null) return `selector.known.constant: unknown field "${id}"`;
    if (!isObject(entry) || parseFieldHex(field, entry.mask) === null || parseFieldHex(field, entry.value) === null)
      return `selector.known.constant.${id}: expected mask and value as hexadecimal numbers of ${field.bits} bits`;
  }
  const relations = known.relations ?? [];
  if (!Array.isArray(relations)) return 'selector.known.relations: expected a list';
  for (let r = 0; r < relations.length; r++) {
    const wrong = checkAffine(relations[r]);
    if (wrong !== null) return `selector.known.relations[${r}]${wrong}`;
  }
  return null;
}

function checkAffine(value: unknown): string | null {
  if (!isObject(value)) return ': expected an object';
  if (value.constant !== 0 && value.constant !== 1) return `.constant: ${show(value.constant)} is not 0 or 1`;
  if (!isObject(value.masks)) return '.masks: expected an object';
  for (const [id, mask] of Object.entries(value.masks)) {
    const field = findLearnedField(id);
    if (field === null) return `.masks: unknown field "${id}"`;
    if (parseFieldHex(field, mask) === null) return `.masks.${id}: ${show(mask)} is no hexadecimal mask of ${field.bits} bits`;
  }
  return null;
}

function checkClasses(selector: Record<string, unknown>, members: number): string | null {
  const wrong = checkFieldList(selector.fields);
  if (wrong !== null) return wrong;
  if (!isObject(selector.members)) return 'selector.members: expected an object';
  for (const [key, index] of Object.entries(selector.members))
    if (!isIndex(index, members)) return `selector.members["${key}"]: ${show(index)} is no member's index`;
  return null;
}

function checkFieldList(fields: unknown): string | null {
  if (!Array.isArray(fields)) return 'selector.fields: expected a list of fields';
  for (const id of fields as unknown[])
    if (typeof id !== 'string' || findLearnedField(id) === null) return `selector.fields: unknown field ${show(id)}`;
  return null;
}

function isIndex(value: unknown, members: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < members;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function refuse(reason: string): Result<LearnedModel> {
  return fail({ code: 'unrecognized-text', offset: null, reason, partial: false });
}
