import { FRAME_CLASSES, LEARNED_FIELDS } from '../../hash/learned-fields.ts';
import {
  MAX_MODEL_MEMBERS,
  MAX_MODULUS,
  MAX_SELECTOR_BITS,
  MAX_SUMS,
  MAX_VALUE_BITS,
  SWITCH_MODEL_FORMAT,
} from '../../hash/learned-model.ts';
import { array, COUNT, described, DRAFT, integer, nullable, object, oneOf, ref, STRING, type JsonSchema } from './json-schema.ts';

const FIELD_IDS = LEARNED_FIELDS.map((field) => field.id);
const HEX: JsonSchema = { type: 'string', pattern: '^0x[0-9a-fA-F]{1,64}$' };
const FIELD_LIST = array(oneOf(FIELD_IDS));

function perField(schema: JsonSchema): JsonSchema {
  return { type: 'object', propertyNames: oneOf(FIELD_IDS), additionalProperties: schema };
}

/** A model of a learned switch, the file of `--model`. */
export const MODEL_SCHEMA: JsonSchema = {
  $schema: DRAFT,
  title: 'lacpviz switch model (--model FILE)',
  ...object(
    {
      format: { const: SWITCH_MODEL_FORMAT },
      version: { type: 'integer', minimum: 1 },
      members: array({ type: 'string', minLength: 1 }, { minItems: 1, maxItems: MAX_MODEL_MEMBERS, uniqueItems: true }),
      cases: array(
        object({
          frames: oneOf(FRAME_CLASSES),
          selector: { anyOf: [ref('linear'), ref('remainder'), ref('classes'), ref('keyed')] },
        }),
        { minItems: 1 },
      ),
    },
    {
      fields: array(object({ id: oneOf(FIELD_IDS), role: oneOf(['used', 'unused', 'untested']) })),
      check: object({ flows: COUNT, right: COUNT, heldOut: COUNT, heldOutRight: COUNT }),
      note: STRING,
    },
  ),
  $defs: {
    affine: described('parity of the masked field bits, XOR constant', object({ masks: perField(HEX), constant: oneOf([0, 1]) })),
    known: object({}, { constant: perField(object({ mask: HEX, value: HEX })), relations: array(ref('affine')) }),
    linear: object(
      {
        kind: { const: 'linear' },
        bits: array(ref('affine'), { maxItems: MAX_SELECTOR_BITS }),
        table: described('place of the member per bucket, null if never seen', array(nullable(COUNT))),
      },
      { known: ref('known') },
    ),
    remainder: object(
      {
        kind: { const: 'remainder' },
        bits: array(ref('affine'), { maxItems: MAX_VALUE_BITS }),
        sums: described(
          'remainders of sums of weighted bits',
          array(object({ modulus: integer(2, MAX_MODULUS), weights: array(COUNT), constant: COUNT }), { minItems: 1, maxItems: MAX_SUMS }),
        ),
        table: described('place of the member by remainders, the first sum counting fastest; null if never seen', array(nullable(COUNT))),
      },
      { known: ref('known') },
    ),
    classes: object({ kind: { const: 'classes' }, fields: FIELD_LIST, members: { type: 'object', additionalProperties: COUNT } }),
    keyed: object({ kind: { const: 'keyed' }, fields: FIELD_LIST }),
  },
};
