import {
  array,
  BOOLEAN,
  COUNT,
  described,
  DRAFT,
  integer,
  nullable,
  NUMBER,
  object,
  ref,
  SHARE,
  STRING,
  type JsonSchema,
} from './json-schema.ts';
import { documentProperties, LAG_PROPERTIES, SHARED_DEFINITIONS } from './shared-definitions.ts';

const RATE = nullable(described('bits per second', { type: 'number', minimum: 0 }));
const LOAD = nullable(described('share of the link speed; null where that is not known', { type: 'number', minimum: 0 }));
const range = object({ low: NUMBER, middle: NUMBER, high: NUMBER });
const SECONDS: JsonSchema = { type: 'number', exclusiveMinimum: 0 };

const planMember = object(
  {
    name: STRING,
    packets: COUNT,
    bytes: COUNT,
    share: described('share of bytes, 0 to 1', SHARE),
    peakBps: described('bits per second, highest in any window of peakWindow', RATE),
    meanBps: RATE,
    peaks: described(
      'every window width that the grain of the captures allows, widest first',
      array(object({ window: SECONDS, bps: NUMBER })),
    ),
    speedMbps: nullable(NUMBER),
    meanLoad: LOAD,
    peakLoad: LOAD,
  },
  {
    shareRange: described('5th, 50th and 95th percentile where chance decides', range),
    peakRange: described('bits per second', range),
  },
);

const scenario = object(
  {
    policy: nullable(STRING),
    variant: nullable(STRING),
    basis: nullable(integer(0, 0xffffffff)),
    memberCount: integer(1, 16),
    order: described('names in hash order, failed ones included', array(STRING)),
    failed: array(STRING),
    current: described('policy, order and members as they were', BOOLEAN),
    fromTime: nullable(ref('time')),
    toTime: nullable(ref('time')),
    members: described('in hash order; what the hash leaves open is in them by expected value', array(ref('planMember'))),
    balance: object({
      jain: nullable(NUMBER),
      maxOverMean: nullable(NUMBER),
      effectiveMembers: nullable(NUMBER),
      pValue: nullable(SHARE),
    }),
    peakWindow: described('seconds', nullable(SECONDS)),
    moved: described('flows (and their bytes) that would not be where they were seen', object({ flows: COUNT, bytes: COUNT })),
    mayMove: described('flows that may move as well: nothing tells their member', object({ flows: COUNT, bytes: COUNT })),
    uncertain: described(
      'what the hash does not decide, and why',
      object({ packets: COUNT, bytes: COUNT, reason: nullable(ref('unpredictedReason')) }),
    ),
    draws: described('random placements behind the ranges and the balance; 0 where nothing is left to chance', COUNT),
  },
  { busiest: described('the fullest member of each random placement', object({ share: range, peakBps: range })) },
);

const advice = object({
  rank: { type: 'integer', minimum: 1 },
  action: STRING,
  policy: nullable(STRING),
  variant: nullable(STRING),
  memberCount: integer(1, 16),
  side: ref('side'),
  why: STRING,
  gain: STRING,
  cost: STRING,
  fix: array(object({ syntax: STRING, text: STRING })),
  verify: array(STRING),
  effect: nullable(
    object({
      busiestShareBefore: SHARE,
      busiestShareAfter: SHARE,
      peakBpsBefore: RATE,
      peakBpsAfter: RATE,
      movedFlows: COUNT,
    }),
  ),
});

const forecast = object({
  flows: COUNT,
  memberCount: integer(1, 16),
  windows: described('seconds in which the captures show such flows; of fewer than 20 the ranges promise too much', COUNT),
  threshold: described('share of the link', NUMBER),
  probability: described('that some link is above the threshold', SHARE),
  low: SHARE,
  high: SHARE,
  busiest: described('load of the busiest link', range),
});

const cover = object({
  from: nullable(ref('side')),
  policy: STRING,
  variant: STRING,
  basis: COUNT,
  memberCount: integer(1, 65536),
  order: array(STRING),
  vary: { enum: ['ports', 'addresses'] },
  flows: array(
    object({
      member: nullable(STRING),
      index: COUNT,
      src: STRING,
      dst: STRING,
      srcPort: integer(0, 65535),
      dstPort: integer(0, 65535),
      packet: described('what lacpviz predict takes', STRING),
    }),
  ),
  missing: described('members that nothing was found for, by index in hash order', array(COUNT)),
  complete: BOOLEAN,
  commands: array(STRING),
  note: nullable(STRING),
});

interface ObjectSchema extends JsonSchema {
  readonly properties: Record<string, JsonSchema>;
  readonly required: string[];
}
const direction = SHARED_DEFINITIONS.direction as ObjectSchema;
const input = SHARED_DEFINITIONS.input as ObjectSchema;

/** The document of `plan --json`. */
export const PLAN_SCHEMA: JsonSchema = {
  $schema: DRAFT,
  title: 'lacpviz plan --json',
  ...object(documentProperties('plan'), { cover: described('with --cover and no captures', ref('cover')) }),
  $defs: {
    ...SHARED_DEFINITIONS,
    planMember,
    scenario,
    advice,
    cover,
    forecast,
    input: {
      ...input,
      properties: {
        ...input.properties,
        kind: { enum: ['capture', 'state', 'records'] },
        lacks: described('of flow records: what they do not tell', array(STRING)),
      },
    },
    direction: {
      ...direction,
      properties: {
        ...direction.properties,
        scenarios: array(ref('scenario')),
        advice: array(ref('advice')),
        cover: nullable(ref('cover')),
      },
      required: [...direction.required, 'scenarios', 'advice'],
    },
    lag: object({ ...LAG_PROPERTIES, advice: described('of both directions, best first', array(ref('advice'))) }),
  },
};
