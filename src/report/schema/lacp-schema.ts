import { CONTROL_KINDS } from '../../lacp/control-frame.ts';
import { MACHINE_NAMES } from '../../lacp/machines.ts';
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
  oneOf,
  ref,
  STRING,
  type JsonSchema,
} from './json-schema.ts';
import { documentProperties, LAG_PROPERTIES, SHARED_DEFINITIONS } from './shared-definitions.ts';
import { STATE_BIT_NAMES } from '../../lacp/lacpdu.ts';

const OCTET = integer(0, 0xff);
const SECONDS = nullable(described('seconds', { type: 'number', minimum: 0 }));
export const PORT_STATES = ['up', 'waiting', 'standby', 'expired', 'no-partner', 'individual', 'silent', 'down'];
const EVENTS = [
  'first-pdu',
  'partner-found',
  'in-sync',
  'collecting',
  'distributing',
  'lost-sync',
  'expired',
  'defaulted',
  'recovered',
  'partner-changed',
  'actor-changed',
  'silent',
];
const TTL = nullable(integer(0, 0xffff));
const CHURN = oneOf(['none', 'monitor', 'churn']);

const portInfo = object({
  systemPriority: integer(0, 0xffff),
  system: ref('mac'),
  key: integer(0, 0xffff),
  portPriority: integer(0, 0xffff),
  port: integer(0, 0xffff),
  state: OCTET,
  bits: described('bits set in state, from bit 0 on', array(oneOf(STATE_BIT_NAMES))),
});

const port = object(
  {
    member: STRING,
    side: ref('side'),
    actor: described('of the last PDU this end sent; null if it sent none', nullable(ref('portInfo'))),
    partner: nullable(ref('portInfo')),
    mac: described('source of the PDUs', nullable(ref('mac'))),
    version: nullable(OCTET),
    pdus: COUNT,
    interval: object({ median: SECONDS, max: SECONDS, expected: described('what the other end asked for', SECONDS) }),
    state: described('at the end of the capture', oneOf(PORT_STATES)),
    stateSource: described('timer: a timer has moved the machine, or will, without a PDU', oneOf(['pdu', 'timer'])),
    transitions: array(
      object(
        {
          time: ref('time'),
          packet: described('1-based frame number', { type: 'integer', minimum: 1 }),
          path: STRING,
          actorState: OCTET,
          partnerState: OCTET,
          event: oneOf(EVENTS),
        },
        { cause: STRING },
      ),
    ),
  },
  {
    since: nullable(ref('time')),
    secondsToDistributing: nullable(NUMBER),
    machines: nullable(
      object({
        receive: oneOf(['current', 'expired', 'defaulted']),
        periodic: oneOf(['none', 'slow', 'fast']),
        mux: oneOf(['detached', 'attached', 'collecting', 'distributing']),
        actorChurn: CHURN,
        partnerChurn: CHURN,
      }),
    ),
    machinesSince: nullable(
      object({
        receive: nullable(ref('time')),
        periodic: nullable(ref('time')),
        mux: nullable(ref('time')),
        actorChurn: nullable(ref('time')),
        partnerChurn: nullable(ref('time')),
      }),
    ),
    machineChanges: array(
      object({
        time: ref('time'),
        machine: oneOf(MACHINE_NAMES),
        from: described('null for the state in which it was first seen', nullable(STRING)),
        to: STRING,
        path: described('null where only a timer moved it', nullable(STRING)),
        packet: nullable({ type: 'integer', minimum: 1 }),
        cause: STRING,
      }),
    ),
    data: described(
      'data frames of this end, by what its LACPDUs said then',
      object({ whileDistributing: COUNT, whileNotDistributing: COUNT, unclear: COUNT }),
    ),
  },
);

const neighbour = object({
  member: STRING,
  side: described('null where the sender is of neither end', nullable(ref('side'))),
  protocol: oneOf(['lldp', 'cdp', 'pagp']),
  srcMac: STRING,
  chassis: nullable(STRING),
  systemName: nullable(STRING),
  systemDescription: nullable(STRING),
  port: nullable(STRING),
  portDescription: nullable(STRING),
  managementAddress: nullable(STRING),
  aggregate: described('link aggregation TLV: number of the aggregate', nullable(object({ isAggregated: BOOLEAN, port: COUNT }))),
  ttlSeconds: TTL,
  malformed: nullable(STRING),
  withdrawn: described('taken back since (time to live 0)', BOOLEAN),
  frames: COUNT,
  path: STRING,
  packet: { type: 'integer', minimum: 1 },
  time: ref('time'),
});

const control = object({ member: STRING, kind: oneOf(CONTROL_KINDS), packets: COUNT, firstTime: ref('time'), lastTime: ref('time') });

const cableEnd = object({
  system: nullable(STRING),
  port: nullable(STRING),
  aggregate: nullable(COUNT),
  by: oneOf(['lldp', 'cdp', 'pagp', 'state', 'lacp']),
});

const pdu = object({
  path: STRING,
  packet: { type: 'integer', minimum: 1 },
  time: ref('time'),
  member: STRING,
  side: nullable(ref('side')),
  srcMac: described('empty where the link type has none', STRING),
  subtype: OCTET,
  version: OCTET,
  actor: ref('portInfo'),
  partner: ref('portInfo'),
  collectorMaxDelay: described('tens of microseconds', nullable(integer(0, 0xffff))),
  tlvs: array(object({ type: OCTET, length: OCTET })),
  malformed: described('null, or why actor and partner are not to be trusted', nullable(STRING)),
});

/** The document of `lacp --json`. */
export const LACP_SCHEMA: JsonSchema = {
  $schema: DRAFT,
  title: 'lacpviz lacp --json',
  ...object(documentProperties('lacp')),
  $defs: {
    ...SHARED_DEFINITIONS,
    portInfo,
    port,
    pdu,
    lag: object(
      { ...LAG_PROPERTIES, ports: array(ref('port')) },
      {
        pdus: described('with --pdus', array(ref('pdu'))),
        makers: described('who probably made each end', array(object({ side: ref('side'), maker: STRING, why: STRING }))),
        chassis: described(
          'ends that are probably two chassis: members by chassis',
          array(object({ side: ref('side'), groups: array(array(STRING)), why: STRING })),
        ),
        neighbours: described('what ports say of themselves by LLDP, CDP, PAgP', array(neighbour)),
        control: described('frames that ports speak for themselves', array(control)),
        cables: described(
          'where each end of each member is plugged in',
          array(object({ member: STRING, a: nullable(cableEnd), b: nullable(cableEnd) })),
        ),
      },
    ),
  },
};
