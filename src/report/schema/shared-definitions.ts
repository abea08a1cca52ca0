import { UNPREDICTED_REASONS } from '../../hash/policy.ts';
import {
  array,
  BOOLEAN,
  COUNT,
  described,
  integer,
  nullable,
  NUMBER,
  object,
  oneOf,
  ref,
  SHARE,
  STRING,
  type JsonSchema,
} from './json-schema.ts';

const SIDE = oneOf(['a', 'b']);
const counts = { packets: COUNT, bytes: COUNT };
const flowCounts = { flows: COUNT, ...counts };
const bucketReport = {
  buckets: described('Open vSwitch: who holds which bucket', array(ref('bucket'))),
  bucketEvents: described('Open vSwitch: why buckets moved', array(ref('bucketEvent'))),
  rebalanceInterval: described('Open vSwitch: seconds between rebalancing rounds', nullable(NUMBER)),
};

/** Parts that the documents of several commands are made of (contract, sections 1 and 3). */
export const SHARED_DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  time: described('ISO 8601, UTC, nine decimals', { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{9}Z$' }),
  mac: described('lower case with colons', { type: 'string', pattern: '^[0-9a-f]{2}(:[0-9a-f]{2}){5}$' }),
  hash: { type: 'string', pattern: '^0x[0-9a-f]{8}$' },
  side: SIDE,
  counts: object(counts),
  flowCounts: object(flowCounts),
  ratio: object({ match: COUNT, total: COUNT }),
  load: object({ ...flowCounts, share: described('share of bytes, 0 to 1', SHARE) }),
  unpredictedReason: oneOf(UNPREDICTED_REASONS.filter((reason) => reason !== null)),
  input: object({
    path: STRING,
    kind: oneOf(['capture', 'state']),
    format: described('pcap, pcapng, or the id of a state format', STRING),
    compression: { enum: [null, 'gzip', 'zstd'] },
    sources: array(object({ name: STRING, linkType: STRING, snapLength: COUNT, member: nullable(STRING), lag: nullable(STRING) })),
    packets: described('all records, of any link type', COUNT),
    bytes: COUNT,
    capturedBytes: COUNT,
    firstTime: nullable(ref('time')),
    lastTime: nullable(ref('time')),
    truncated: nullable(object({ offset: COUNT, reason: STRING })),
    malformedPackets: COUNT,
    dropped: nullable(COUNT),
  }),
  inputError: object(
    {
      path: STRING,
      offset: nullable(COUNT),
      reason: STRING,
      code: oneOf([
        'missing',
        'directory',
        'unreadable',
        'empty',
        'not-a-capture',
        'unrecognized-text',
        'unsupported-format',
        'unsupported-link-type',
        'corrupt',
        'truncated',
      ]),
    },
    { partial: described('the input was read up to the trouble', BOOLEAN) },
  ),
  member: object({ name: STRING, index: COUNT, sources: array(described('path#n', STRING)), speedMbps: nullable(NUMBER) }),
  lagSide: object({
    id: ref('side'),
    role: oneOf(['local', 'remote', 'unknown']),
    label: STRING,
    system: nullable(ref('mac')),
    key: nullable(integer(0, 0xffff)),
    macs: array(ref('mac')),
    evidence: array(STRING),
  }),
  direction: object(
    {
      from: ref('side'),
      to: ref('side'),
      policy: object({
        id: nullable(STRING),
        variant: nullable(STRING),
        basis: nullable(integer(0, 0xffffffff)),
        source: oneOf(['option', 'state', 'inferred', 'default']),
        members: described('names in hash order', array(STRING)),
        confidence: SHARE,
      }),
      epochs: array(
        object(
          {
            fromTime: ref('time'),
            toTime: ref('time'),
            active: described('names in hash order', array(STRING)),
            why: oneOf(['start', 'lacp', 'link-lost', 'link-returned', 're-enslaved', 'silence', 'map-changed']),
          },
          {
            policy: described(
              'rule of this epoch, where it was changed during the capture',
              object({ id: nullable(STRING), variant: nullable(STRING) }),
            ),
          },
        ),
      ),
      totals: ref('flowCounts'),
      control: ref('flowCounts'),
      reflections: ref('flowCounts'),
      unpredicted: array(object({ reason: ref('unpredictedReason'), ...counts })),
      transition: object({ packets: COUNT }),
      agreement: object({ flows: ref('ratio'), packets: ref('ratio'), bytes: ref('ratio') }),
      members: array(object({ name: STRING, observed: ref('load'), predicted: ref('load') })),
      balance: object(
        {
          jain: nullable(NUMBER),
          maxOverMean: nullable(NUMBER),
          effectiveMembers: nullable(NUMBER),
          pValue: nullable(SHARE),
        },
        {
          causes: described(
            'What the unevenness comes from; the shares make 1',
            array(object({ cause: STRING, share: SHARE, text: STRING })),
          ),
        },
      ),
    },
    {
      ...bucketReport,
      chassis: described('The sender is several chassis behind one system: how each places its flows', array(ref('chassis'))),
    },
  ),
  chassis: object(
    {
      members: array(STRING),
      policy: object({
        id: STRING,
        variant: STRING,
        basis: nullable(integer(0, 0xffffffff)),
        members: described('names in hash order', array(STRING)),
        confidence: SHARE,
      }),
      stations: described('source addresses behind it', COUNT),
      agreement: object({ flows: ref('ratio'), packets: ref('ratio'), bytes: ref('ratio') }),
    },
    bucketReport,
  ),
  bucket: object({
    bucket: integer(0, 255),
    holds: array(object({ fromTime: ref('time'), member: described('null: unknown', nullable(STRING)) })),
    ...flowCounts,
    source: oneOf(['learned', 'state']),
  }),
  bucketEvent: object({
    kind: oneOf(['rebalance', 'member-down', 'map-changed']),
    fromTime: ref('time'),
    toTime: ref('time'),
    member: described('the member that was lost', nullable(STRING)),
    moves: array(object({ bucket: integer(0, 255), from: STRING, to: STRING })),
  }),
  finding: object({
    id: { type: 'string', pattern: '^[a-z]+/[a-z-]+$' },
    severity: oneOf(['error', 'warn', 'info']),
    title: STRING,
    detail: STRING,
    lag: nullable(STRING),
    members: array(STRING),
    side: nullable(ref('side')),
    since: nullable(ref('time')),
    evidence: array(
      object({
        path: STRING,
        packet: described('1-based frame number', { type: 'integer', minimum: 1 }),
        time: nullable(ref('time')),
        note: STRING,
      }),
    ),
    fix: array(object({ syntax: STRING, text: STRING })),
  }),
};

export const LAG_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  id: { type: 'string', pattern: '^lag[1-9][0-9]*$' },
  members: array(ref('member')),
  sides: array(ref('lagSide'), { maxItems: 2 }),
  unassigned: ref('counts'),
  duplicates: ref('counts'),
  directions: array(ref('direction')),
};

/** The envelope around the LAGs of a command. */
export function documentProperties(command: string): Readonly<Record<string, JsonSchema>> {
  return {
    schemaVersion: { const: 1 },
    tool: object({ name: { const: 'lacpviz' }, version: STRING }),
    command: { const: command },
    inputs: array(ref('input')),
    lags: array(ref('lag')),
    findings: array(ref('finding')),
    errors: array(ref('inputError')),
    outside: described('frames of no LAG', ref('counts')),
  };
}
