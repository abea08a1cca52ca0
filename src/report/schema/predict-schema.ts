import { array, COUNT, described, DRAFT, nullable, object, ref, STRING, type JsonSchema } from './json-schema.ts';
import { documentProperties, LAG_PROPERTIES, SHARED_DEFINITIONS } from './shared-definitions.ts';

const STEPS = described('with --explain', array(object({ label: STRING, value: STRING })));

const PREDICTION: Readonly<Record<string, JsonSchema>> = {
  policy: STRING,
  variant: nullable(STRING),
  memberCount: nullable({ type: 'integer', minimum: 1 }),
  hash: described('null where nothing can be computed; for Open vSwitch its low byte is the bucket', nullable(ref('hash'))),
  bucket: nullable(COUNT),
  member: described('index in hash order; null without a number of members', nullable(COUNT)),
  unpredicted: nullable(ref('unpredictedReason')),
};

/** The document of `predict --json`; a line of `--batch` is one `batchLine`. For a single packet its fields stand at the top too. */
export const PREDICT_SCHEMA: JsonSchema = {
  $schema: DRAFT,
  title: 'lacpviz predict --json',
  ...object({ ...documentProperties('predict'), predictions: array(ref('prediction')) }, { ...PREDICTION, steps: STEPS }),
  $defs: {
    ...SHARED_DEFINITIONS,
    lag: object(LAG_PROPERTIES),
    prediction: object({ packet: STRING, ...PREDICTION }, { steps: STEPS }),
    batchLine: {
      anyOf: [
        object(PREDICTION, { steps: STEPS }),
        object({ error: STRING, line: described('1-based line number', { type: 'integer', minimum: 1 }) }),
      ],
    },
  },
};
