import { UNPREDICTED_REASONS } from '../../hash/policy.ts';
import { array, COUNT, described, DRAFT, integer, nullable, object, oneOf, ref, STRING, type JsonSchema } from './json-schema.ts';
import { documentProperties, LAG_PROPERTIES, SHARED_DEFINITIONS } from './shared-definitions.ts';

const FLOW_REASONS = ['fragment', 'rebalance', 'member-down', 're-enslaved', 'starts-late', 'unknown'];
const PORT = nullable(integer(0, 0xffff));

/** Address fields that outer, quoted and inner headers share. */
const ADDRESSES: Readonly<Record<string, JsonSchema>> = {
  src: described('IP address', nullable(STRING)),
  dst: nullable(STRING),
  protocol: nullable({ anyOf: [STRING, integer(0, 255)] }),
  srcPort: PORT,
  dstPort: PORT,
};

const flow = object(
  {
    id: STRING,
    from: nullable(ref('side')),
    to: nullable(ref('side')),
    srcMac: ref('mac'),
    dstMac: described('null where the link type has none (SLL2)', nullable(ref('mac'))),
    etherType: { type: 'string', pattern: '^0x[0-9a-f]{4}$' },
    vlans: described('ids, outermost first', array(integer(0, 0xfff))),
    tcis: array(integer(0, 0xffff)),
    ...ADDRESSES,
    spi: nullable(integer(0, 0xffffffff)),
    icmp: nullable(object({ type: integer(0, 255), code: integer(0, 255), id: nullable(integer(0, 0xffff)) })),
    quoted: described('the packet that an ICMP error quotes', nullable(object(ADDRESSES))),
    fragment: { enum: [null, 'first', 'later'] },
    flowLabel: nullable(integer(0, 0xfffff)),
    nextHeader: described('IPv6: of the fixed header', nullable(integer(0, 255))),
    arpOpcode: nullable(integer(0, 0xffff)),
    tunnel: nullable(object({ type: STRING, id: nullable(integer(0, 0xffffffff)), inner: nullable({ type: 'object' }) })),
    packets: COUNT,
    bytes: COUNT,
    firstTime: ref('time'),
    lastTime: ref('time'),
    members: array(object({ name: STRING, packets: COUNT, bytes: COUNT, firstTime: ref('time'), lastTime: ref('time') })),
    observed: described('member with most packets', nullable(STRING)),
    predicted: nullable(
      object({
        member: described('in the longest epoch', nullable(STRING)),
        hash: ref('hash'),
        bucket: described('Open vSwitch and Cisco bucket; else the index', nullable(COUNT)),
      }),
    ),
    verdict: oneOf(['match', 'mismatch', 'moved', 'control', 'unpredicted']),
    reason: { enum: [...UNPREDICTED_REASONS, ...FLOW_REASONS] },
    reverse: described('id of the flow of the other direction', nullable(STRING)),
  },
  { bucket: described('of an Open vSwitch sender, also where the member of the bucket is unknown', integer(0, 255)) },
);

export const FLOWS_SCHEMA: JsonSchema = {
  $schema: DRAFT,
  title: 'lacpviz flows --json',
  ...object(documentProperties('flows')),
  $defs: { ...SHARED_DEFINITIONS, flow, lag: object({ ...LAG_PROPERTIES, flows: array(ref('flow')) }) },
};
