import { STATE_DISTRIBUTING } from '../lacp/lacpdu.ts';
import type { PortHistory } from '../lacp/port-history.ts';
import type { MemberTraffic } from './traffic.ts';

/** Data frames of one end on one member, by what its own LACPDUs said at the time. */
export interface PortData {
  readonly whileDistributing: number;
  readonly whileNotDistributing: number;
  /** Close to a change, or before the first LACPDU. */
  readonly unclear: number;
}

/** A port changes before its next LACPDU says so: up to a second with fast timers. */
const MARGIN_MS = 1000;

export function countPortData(port: PortHistory, traffic: MemberTraffic): PortData {
  const counts = { whileDistributing: 0, whileNotDistributing: 0, unclear: 0 };
  const { bins, binMs, fromMs, originSeconds } = traffic;
  const data = traffic.data[port.side];
  if (data.length === 0) return counts;
  const msOf = ({ seconds, nanos }: { seconds: number; nanos: number }): number => (seconds - originSeconds) * 1000 + nanos / 1e6;
  // Stretches of one state, from the PDU that shows it first.
  const starts: { readonly ms: number; readonly distributes: boolean }[] = [];
  for (const event of port.own) {
    const distributes = (event.pdu.actor.state & STATE_DISTRIBUTING) !== 0;
    if (starts.length === 0 || starts[starts.length - 1].distributes !== distributes) starts.push({ ms: msOf(event), distributes });
  }
  let s = -1;
  for (let bin = 0; bin < bins; bin++) {
    const packets = data[port.member * bins + bin];
    if (packets === 0) continue;
    const [from, to] = [fromMs + bin * binMs, fromMs + (bin + 1) * binMs];
    while (s + 1 < starts.length && starts[s + 1].ms <= from) s++;
    const isEdge = s < 0 || from - starts[s].ms < (s === 0 ? 0 : MARGIN_MS) || (s + 1 < starts.length && starts[s + 1].ms - to < MARGIN_MS);
    if (isEdge) counts.unclear += packets;
    else if (starts[s].distributes) counts.whileDistributing += packets;
    else counts.whileNotDistributing += packets;
  }
  return counts;
}
