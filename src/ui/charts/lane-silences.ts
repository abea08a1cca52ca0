import type { PduTimeline } from '../../pipeline/pdu-timeline.ts';
import type { LagPort } from '../../report/lacp-document.ts';
import { secondsBetween } from '../../report/iso-time.ts';
import type { Lane } from './lane-model.ts';
import type { TimeRange } from './time-axis.tsx';

/** When an end was due and not heard, until its next LACPDU: its last state is then no more than its last word. */
export function findSilences(timeline: PduTimeline, { pdus }: Lane, port: LagPort | undefined, endSeconds: number): TimeRange[] {
  if (!port) return [];
  const { atSeconds, fromTime } = timeline;
  const silences: TimeRange[] = [];
  for (const { event, time } of port.transitions) {
    if (event !== 'silent') continue;
    const from = secondsBetween(fromTime, time);
    const next = pdus.find((i) => atSeconds[i] > from);
    silences.push([from, next === undefined ? endSeconds : atSeconds[next]]);
  }
  if (port.state !== 'silent' && port.state !== 'down') return silences;
  if (pdus.length === 0) silences.push([0, endSeconds]);
  else if (port.since) silences.push([secondsBetween(fromTime, port.since), endSeconds]);
  return silences;
}
