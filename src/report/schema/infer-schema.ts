import { LAG_MODES } from '../../infer/lag-modes.ts';
import { array, BOOLEAN, COUNT, described, DRAFT, nullable, object, oneOf, ref, SHARE, STRING, type JsonSchema } from './json-schema.ts';
import { documentProperties, LAG_PROPERTIES, SHARED_DEFINITIONS } from './shared-definitions.ts';

const rule = object({ policy: STRING, variant: STRING });
const matchCount = object({ match: COUNT, total: COUNT });

const hypothesis = object(
  {
    policy: STRING,
    variant: STRING,
    basis: described('hash basis of Open vSwitch; 0 elsewhere', COUNT),
    members: described('in hash order', array(STRING)),
    agreement: object({ packets: ref('matchCount'), flows: ref('matchCount') }),
    probability: described('of this rule and its equivalents together', SHARE),
    equivalent: described('rules that place these flows alike', array(ref('rule'))),
  },
  {
    untestedMembers: described('members whose place in the order no flow tests', array(STRING)),
    tests: described('groups of flows that the rule cannot tell apart: independent tests', COUNT),
  },
);

const direction = SHARED_DEFINITIONS.direction as { properties: object; required: readonly string[] };
const inference = {
  hypotheses: described('best first', array(ref('hypothesis'))),
  decided: described('one policy is left, and it explains the flows', BOOLEAN),
  mode: oneOf(LAG_MODES),
  equivalentModes: described('modes that would look the same', array(oneOf(LAG_MODES))),
  needs: described('which traffic would decide what is open; empty if nothing is', STRING),
  unexplained: described('probability that none of the hypotheses is the rule', SHARE),
  confidence: described('probability of the policy of the best hypothesis, all versions together', SHARE),
  modeEvidence: array(STRING),
  decidedBy: described(
    'flows that the two best hypotheses place differently',
    array(object({ flow: STRING, observed: STRING, best: nullable(STRING), other: nullable(STRING) })),
  ),
  stated: described(
    'what a state text names',
    nullable(object({ policy: STRING, variant: nullable(STRING), path: STRING, refuted: BOOLEAN })),
  ),
};

const learned = described(
  'where no known rule explains the flows: the sender as a switch of unknown make',
  nullable(
    object({
      kind: STRING,
      summary: STRING,
      fields: array(object({ id: STRING, title: STRING, role: STRING })),
      model: described('what predict --model reads', nullable({ type: 'object' })),
    }),
  ),
);

/** The document of `infer --json`. */
export const INFER_SCHEMA: JsonSchema = {
  $schema: DRAFT,
  title: 'lacpviz infer --json',
  ...object(documentProperties('infer')),
  $defs: {
    ...SHARED_DEFINITIONS,
    rule,
    matchCount,
    hypothesis,
    direction: {
      ...direction,
      properties: { ...direction.properties, ...inference, learned },
      required: [...direction.required, ...Object.keys(inference)],
    },
    lag: object(LAG_PROPERTIES),
  },
};
