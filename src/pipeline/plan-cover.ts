import { decodeFlowKey } from '../flows/flow-fields.ts';
import type { FlowFieldsInput } from '../flows/flow-field-types.ts';
import { formatPacketText } from '../flows/format-packet-spec.ts';
import { coverAddresses, coverPorts, FIRST_CLIENT_PORT, FIRST_SERVER_PORT, parseAddressRange } from '../plan/cover.ts';
import type { Cover, CoverSender } from '../plan/cover.ts';
import type { PlanCover } from '../report/plan-document.ts';
import { BadCall } from './bad-call.ts';
import type { PlanDirectionTables } from './plan-direction.ts';
import type { CoverQuery } from './plan-query.ts';

/** The cover of a captured direction under the rule in use; null where there is no flow or no rule to go by. */
export function coverDirection(tables: PlanDirectionTables, query: CoverQuery): PlanCover | null {
  const { rule, lag, order, direction } = tables;
  if (rule === null) return null;
  const base = query.packet ?? heaviestFlow(tables);
  if (base === null) return null;
  const { buckets } = tables;
  const sender: CoverSender = {
    ...rule,
    memberCount: order.length,
    ...(buckets !== null && { buckets: buckets.map((m) => order.indexOf(m)) }),
  };
  return describeCover(
    sender,
    base,
    query.servers,
    order.map((m) => lag.plan.members[m].name),
    direction.side === 0 ? 'a' : 'b',
  );
}

export function describeCover(
  sender: CoverSender,
  base: FlowFieldsInput,
  servers: string | undefined,
  order: readonly string[],
  from: 'a' | 'b' | null,
): PlanCover {
  const range = servers === undefined ? null : parseAddressRange(servers);
  if (servers !== undefined && range === null)
    throw new BadCall(`${servers}: no range of IPv4 addresses such as 10.0.0.16/28 or 10.0.0.20-10.0.0.40`);
  if (typeof base.src !== 'string' || typeof base.dst !== 'string')
    throw new BadCall("a cover needs the addresses of both ends, for example --cover-packet 'tcp 10.0.0.1 > 10.0.0.2'");
  const fields: FlowFieldsInput = {
    ...base,
    protocol: base.protocol ?? 'tcp',
    srcPort: range === null ? 0 : FIRST_CLIENT_PORT,
    dstPort: range === null ? 0 : FIRST_SERVER_PORT,
  };
  const cover = range === null ? coverPorts(sender, fields) : coverAddresses(sender, fields, range);
  const flows = cover.picks.map(({ index, fields: of }) => ({
    member: order[index] ?? null,
    index,
    src: String(of.src),
    dst: String(of.dst),
    srcPort: Number(of.srcPort),
    dstPort: Number(of.dstPort),
    packet: formatPacketText(of),
  }));
  const vary = range === null ? 'ports' : 'addresses';
  return {
    from,
    policy: sender.policy.id,
    variant: sender.variant,
    basis: sender.basis,
    memberCount: sender.memberCount,
    order: [...order],
    vary,
    flows: cover.isHopeless ? [] : flows,
    missing: cover.isHopeless ? Array.from({ length: sender.memberCount }, (_, i) => i) : [...cover.missing],
    complete: !cover.isHopeless && cover.missing.length === 0,
    commands: cover.isHopeless ? [] : iperfCommands(flows, base.protocol === 'udp'),
    note: noteOf(sender, cover, vary),
  };
}

function iperfCommands(flows: PlanCover['flows'], isUdp: boolean): string[] {
  const servers = [...new Set(flows.map(({ dst, dstPort }) => `iperf3 -s -D -B ${dst} -p ${dstPort}`))];
  const clients = flows.map(
    ({ src, dst, srcPort, dstPort }) => `iperf3 -c ${dst} -p ${dstPort} -B ${src} --cport ${srcPort}${isUdp ? ' -u -b 0' : ''} -t 10 &`,
  );
  return [...servers, ...clients, 'wait'];
}

function noteOf({ policy, memberCount }: CoverSender, cover: Cover, vary: 'ports' | 'addresses'): string | null {
  if (cover.isHopeless && vary === 'ports')
    return `ports alone do not reach the members under ${policy.id}: give a range of server addresses (--cover-servers 10.0.0.16/28)${policy.family === 'ovs' ? ', or the table of buckets is not known' : ''}.`;
  if (cover.isHopeless) return `these addresses do not reach the members under ${policy.id}.`;
  if (cover.missing.length > 0)
    return `${cover.missing.length} of ${memberCount} members ${cover.missing.length === 1 ? 'is' : 'are'} not reached: widen the range.`;
  return null;
}

/** The direction's heaviest TCP or UDP flow between addresses, without what only its own packets have. */
function heaviestFlow({ traffic }: PlanDirectionTables): FlowFieldsInput | null {
  const { merged } = traffic.flows;
  const byWeight = Array.from(traffic.list.keys())
    .sort((x, y) => traffic.bytes[y] - traffic.bytes[x])
    .slice(0, 1000);
  for (const p of byWeight) {
    const f = traffic.list[p];
    const fields = decodeFlowKey(merged.tables[merged.keyTable[f]].columns.rows, merged.keyStart[f]);
    if ((fields.protocol !== 'tcp' && fields.protocol !== 'udp') || fields.src === null || fields.dst === null) continue;
    if (fields.fragment !== null || fields.tunnel !== null) continue;
    const { src, dst, protocol, tcis, etherType } = fields;
    return { src, dst, protocol, etherType, srcMac: fields.srcMac, dstMac: fields.dstMac, ...(tcis.length > 0 && { tcis }) };
  }
  return null;
}
