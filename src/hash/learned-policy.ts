/** The policy `learned`: a model made from captures (infer/learned), computed like any other policy. */
import { addHash, addStep, type Steps } from './explain.ts';
import type { HashInput } from './hash-input.ts';
import {
  FIELD_WORDS,
  findLearnedField,
  formatFieldHex,
  isOfClass,
  LEARNED_FIELDS,
  MISSING_DESTINATION,
  MISSING_HEADERS,
  MISSING_PORTS,
  parseFieldHex,
  readFieldWords,
  type FrameClass,
  type LearnedField,
} from './learned-fields.ts';
import {
  SWITCH_MODEL_VERSION,
  type AffineBit,
  type LearnedModel,
  type LinearSelector,
  type RemainderSelector,
  type RemainderSum,
  type Selector,
} from './learned-model.ts';
import { REASON_CUT_HEADER, REASON_NO_DESTINATION, REASON_NONE } from './linux-blocks.ts';
import { reasonCode, type HashContext, type HashOutput, type HashPolicy } from './policy.ts';

const UNKNOWN_BUCKET = reasonCode('unknown-bucket');
const UNKNOWN_POLICY = reasonCode('unknown-policy');
const KEYED = reasonCode('keyed-hash');

export const LEARNED_POLICY_ID = 'learned';

/** Masks over a row of field words, as pairs of word and mask. */
interface Parity {
  readonly words: Uint16Array;
  readonly masks: Uint32Array;
  readonly constant: number;
}

/** A condition on rows that the training flows fulfilled. */
interface Condition {
  readonly parity: Parity;
  /** It looks at this MAC: not asked of packets for which the MAC is not told. */
  readonly source: boolean;
  readonly destination: boolean;
}

interface CompiledCase {
  readonly frames: FrameClass;
  readonly selector: Selector;
  readonly bits: readonly Parity[];
  readonly sums: readonly RemainderSum[];
  readonly table: Int16Array;
  readonly conditions: readonly Condition[];
  readonly needsDestination: boolean;
  readonly needsSource: boolean;
  readonly needsPorts: boolean;
  readonly fields: readonly LearnedField[];
}

const KIND = findLearnedField('kind')?.word ?? 0;
const SRC_MAC = findLearnedField('srcMac')?.word ?? 0;
const DST_MAC = findLearnedField('dstMac')?.word ?? 0;

function compileParity({ masks, constant }: AffineBit): Parity {
  const words: number[] = [];
  const values: number[] = [];
  for (const [id, text] of Object.entries(masks)) {
    const field = findLearnedField(id);
    const mask = field === null ? null : parseFieldHex(field, text);
    if (field === null || mask === null) continue;
    mask.forEach((value, word) => {
      if (value === 0) return;
      words.push(field.word + word);
      values.push(value);
    });
  }
  return { words: Uint16Array.from(words), masks: Uint32Array.from(values), constant };
}

function touches(parity: Parity, word: number): boolean {
  return parity.words.includes(word) || parity.words.includes(word + 1);
}

function compileConditions(selector: Selector): Condition[] {
  if (!isComputed(selector) || selector.known === undefined) return [];
  const parities = (selector.known.relations ?? []).map(compileParity);
  for (const [id, { mask, value }] of Object.entries(selector.known.constant ?? {})) {
    const field = findLearnedField(id);
    const maskWords = field === null ? null : parseFieldHex(field, mask);
    const valueWords = field === null ? null : parseFieldHex(field, value);
    if (field === null || maskWords === null || valueWords === null) continue;
    for (let word = 0; word < field.words; word++) {
      for (let bit = 0; bit < 32; bit++) {
        const one = (1 << bit) >>> 0;
        if ((maskWords[word] & one) === 0) continue;
        const constant = (valueWords[word] & one) !== 0 ? 1 : 0;
        parities.push({ words: Uint16Array.of(field.word + word), masks: Uint32Array.of(one), constant });
      }
    }
  }
  return parities.map((parity) => ({ parity, source: touches(parity, SRC_MAC), destination: touches(parity, DST_MAC) }));
}

/** Selectors that compute a place in a table from bits. */
function isComputed(selector: Selector): selector is LinearSelector | RemainderSelector {
  return selector.kind === 'linear' || selector.kind === 'remainder';
}

function compileCase({ frames, selector }: LearnedModel['cases'][number]): CompiledCase {
  const bits = isComputed(selector) ? selector.bits.map(compileParity) : [];
  const fields = isComputed(selector) ? [] : selector.fields.flatMap((id) => findLearnedField(id) ?? []);
  const uses = (word: number, id: string): boolean =>
    bits.some((parity) => touches(parity, word)) || fields.some((field) => field.id === id);
  return {
    frames,
    selector,
    bits,
    sums: selector.kind === 'remainder' ? selector.sums : [],
    table: Int16Array.from(isComputed(selector) ? selector.table : [], (member) => member ?? -1),
    conditions: compileConditions(selector),
    needsDestination: uses(DST_MAC, 'dstMac'),
    needsSource: uses(SRC_MAC, 'srcMac'),
    needsPorts: ['srcPort', 'dstPort', 'spi'].some((id) => {
      const field = findLearnedField(id);
      return field !== null && (bits.some((parity) => parity.words.includes(field.word)) || fields.includes(field));
    }),
    fields,
  };
}

function parityOf({ words, masks, constant }: Parity, row: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < words.length; i++) sum ^= row[words[i]] & masks[i];
  sum ^= sum >>> 16;
  sum ^= sum >>> 8;
  sum ^= sum >>> 4;
  return ((0x6996 >>> (sum & 15)) ^ constant) & 1;
}

/** Values of the fields as a key of `ClassSelector.members`. */
export function classKey(fields: readonly LearnedField[], row: Uint32Array, at: number): string {
  let key = '';
  for (let f = 0; f < fields.length; f++) key += (f === 0 ? '' : '.') + formatFieldHex(fields[f], row, at + fields[f].word).slice(2);
  return key;
}

/** Makes the policy of a model. `hash` is the index of the member in the model's list. */
export function createLearnedPolicy(model: LearnedModel): HashPolicy {
  const cases = model.cases.map(compileCase);
  const row = new Uint32Array(FIELD_WORDS);
  const memberCount = model.members.length;

  const write = (input: HashInput, i: number, context: HashContext, out: HashOutput): void => {
    out.hash[i] = 0;
    const missing = readFieldWords(input, i, row, 0);
    if ((missing & MISSING_HEADERS) !== 0) out.reason[i] = REASON_CUT_HEADER;
    else {
      const found = cases.find((candidate) => isOfClass(row[KIND], candidate.frames));
      if (found === undefined) out.reason[i] = UNKNOWN_POLICY;
      else if (found.needsPorts && (missing & MISSING_PORTS) !== 0) out.reason[i] = REASON_CUT_HEADER;
      else if (found.needsDestination && (missing & MISSING_DESTINATION) !== 0) out.reason[i] = REASON_NO_DESTINATION;
      else selectMember(found, missing, i, out);
    }
    // How the buckets are shared out over another number of members was not seen; one member takes all.
    const { memberCount: count } = context;
    if (count > 1 && count !== memberCount && out.reason[i] === REASON_NONE) out.reason[i] = UNKNOWN_POLICY;
  };

  const selectMember = (found: CompiledCase, missing: number, i: number, out: HashOutput): void => {
    if (found.selector.kind === 'keyed') {
      out.reason[i] = KEYED;
      return;
    }
    let member: number;
    if (found.selector.kind === 'classes') {
      const key = classKey(found.fields, row, 0);
      member = Object.hasOwn(found.selector.members, key) ? found.selector.members[key] : -1;
    } else {
      member = isKnown(found, missing) ? found.table[bucketOf(found)] : -1;
    }
    if (member >= 0) out.hash[i] = member;
    out.reason[i] = member >= 0 ? REASON_NONE : UNKNOWN_BUCKET;
  };

  const bucketOf = (found: CompiledCase): number => {
    let bucket = 0;
    if (found.sums.length === 0) {
      for (let b = 0; b < found.bits.length; b++) bucket |= parityOf(found.bits[b], row) << b;
      return bucket;
    }
    let step = 1;
    for (const { modulus, weights, constant } of found.sums) {
      let sum = constant;
      for (let b = 0; b < found.bits.length; b++) if (weights[b] !== 0 && parityOf(found.bits[b], row) === 1) sum += weights[b];
      bucket += step * (sum % modulus);
      step *= modulus;
    }
    return bucket;
  };

  const isKnown = (found: CompiledCase, missing: number): boolean => {
    // A packet typed by hand may lack its MACs; where they do not enter, they are taken to be like those of the training.
    const noSource = !found.needsSource && row[SRC_MAC] === 0 && row[SRC_MAC + 1] === 0;
    const noDestination = (missing & MISSING_DESTINATION) !== 0;
    for (const { parity, source, destination } of found.conditions) {
      if ((source && noSource) || (destination && noDestination)) continue;
      if (parityOf(parity, row) !== 0) return false;
    }
    return true;
  };

  return {
    id: LEARNED_POLICY_ID,
    title: 'Learned switch',
    family: 'other',
    selector: 'modulo',
    variants: [
      {
        id: 'model',
        title: `model of ${memberCount} members`,
        source: {
          system: 'unknown switch',
          versions: `model format ${SWITCH_MODEL_VERSION}`,
          confidence: 'measured',
          reference: 'learned from captures',
        },
      },
    ],
    defaultVariant: 'model',
    reasonDependsOnMemberCount: true,
    fields: usedTitles(model),
    hash(input, context, out) {
      for (let i = 0; i < input.length; i++) write(input, i, context, out);
    },
    explain(input, i, context) {
      const steps: Steps = [];
      const out = { hash: new Uint32Array(i + 1), reason: new Uint8Array(i + 1) };
      write(input, i, context, out);
      const found = cases.find((candidate) => isOfClass(row[KIND], candidate.frames));
      if (found === undefined) return addHash(steps, 0);
      addStep(steps, 'selector', `${found.selector.kind}, for ${found.frames === 'all' ? 'all frames' : found.frames}`);
      for (const field of LEARNED_FIELDS) {
        const enters =
          found.fields.includes(field) ||
          found.bits.some((bit) => bit.words.some((word) => word >= field.word && word < field.word + field.words));
        if (enters && field.id !== 'kind') addStep(steps, field.title, formatFieldHex(field, row, field.word));
      }
      found.bits.forEach((bit, b) => addStep(steps, `bit ${b}, parity of the masked bits`, String(parityOf(bit, row))));
      if (found.bits.length > 0) addStep(steps, 'bucket', String(bucketOf(found)));
      if (out.reason[i] === REASON_NONE) addStep(steps, 'member', model.members[out.hash[i]]);
      return addHash(steps, out.hash[i]);
    },
  };
}

const compiled = new WeakMap<LearnedModel, HashPolicy>();

/** The policy of a model, compiled once. */
export function learnedPolicyOf(model: LearnedModel): HashPolicy {
  let policy = compiled.get(model);
  if (policy === undefined) compiled.set(model, (policy = createLearnedPolicy(model)));
  return policy;
}

function usedTitles(model: LearnedModel): string[] {
  return model.fields
    .filter(({ role, id }) => role === 'used' && id !== 'kind')
    .flatMap(({ id }) => {
      const title = findLearnedField(id)?.title;
      return title === undefined ? [] : [title];
    });
}
