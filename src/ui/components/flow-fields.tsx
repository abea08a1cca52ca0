/** Every field of a flow, in words. */
import type { Flow, Lag } from '../../report/document.ts';
import { formatFlowEnds } from '../../report/format-flow.ts';
import { secondsBetween } from '../../report/iso-time.ts';
import { formatBytes, formatCount, formatDuration } from '../../report/quantity.ts';
import { senderName } from '../../report/summary.ts';

export function FlowFields({ flow, lag }: { flow: Flow; lag: Lag }) {
  return (
    <section>
      <h3>All fields</h3>
      <dl class="facts">
        {fieldRows(flow, lag).map(([name, value]) => [
          <dt key={`${name}-t`}>{name}</dt>,
          <dd key={name} class="mono">
            {value}
          </dd>,
        ])}
      </dl>
    </section>
  );
}

function fieldRows(flow: Flow, lag: Lag): [string, string][] {
  const { src, dst } = formatFlowEnds(flow);
  const rows: [string, unknown][] = [
    ['Direction', flow.from && flow.to ? `${flow.from}→${flow.to} (${senderName(lag, flow.from)} sends)` : null],
    ['Source', src],
    ['Destination', dst],
    ['Source MAC', flow.srcMac],
    ['Destination MAC', flow.dstMac ?? 'not in the capture'],
    ['EtherType', flow.etherType],
    ['VLAN', flow.vlans.join(', ')],
    ['TCI', flow.tcis.map((tci) => `0x${tci.toString(16).padStart(4, '0')}`).join(', ')],
    ['Protocol', flow.protocol],
    ['SPI', flow.spi === null ? null : `0x${flow.spi.toString(16).padStart(8, '0')}`],
    ['ICMP', flow.icmp && `type ${flow.icmp.type}, code ${flow.icmp.code}${flow.icmp.id === null ? '' : `, id ${flow.icmp.id}`}`],
    ['Quoted packet', flow.quoted && describeFields(flow.quoted)],
    ['Fragment', flow.fragment],
    ['Flow label', flow.flowLabel ? `0x${flow.flowLabel.toString(16).padStart(5, '0')}` : null],
    ['Next header', flow.nextHeader],
    ['ARP opcode', flow.arpOpcode],
    ['Tunnel', flow.tunnel && `${flow.tunnel.type}${flow.tunnel.id === null ? '' : ` ${flow.tunnel.id}`}`],
    ['Inner packet', flow.tunnel?.inner ? describeFields(flow.tunnel.inner) : null],
    ['Frames', formatCount(flow.packets)],
    ['Bytes', `${formatCount(flow.bytes)} (${formatBytes(flow.bytes)})`],
    ['First frame', flow.firstTime],
    ['Last frame', flow.lastTime],
    ['Lasts', formatDuration(secondsBetween(flow.firstTime, flow.lastTime))],
    ['Hash', flow.predicted?.hash],
    ['Bucket', flow.bucket],
  ];
  return rows.filter(([, value]) => value !== null && value !== undefined && value !== '').map(([name, value]) => [name, String(value)]);
}

function describeFields(fields: Record<string, unknown>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined && typeof value !== 'object')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
