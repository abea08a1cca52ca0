/** LACP below the throughput: when each end distributed, when it was expired or defaulted. */
import { useMemo } from 'preact/hooks';
import type { Lag } from '../../report/document.ts';
import { secondsBetween } from '../../report/iso-time.ts';
import { countNoun } from '../../report/quantity.ts';
import { LacpStripChart, type StripRow } from '../charts/lacp-strip-chart.tsx';
import { buildLanes, nearestPdu } from '../charts/lane-model.ts';
import { findSilences } from '../charts/lane-silences.ts';
import type { TimeRange } from '../charts/time-axis.tsx';
import { choosePdu, lacp, type LacpData } from '../store/lacp-store.ts';
import { fragment } from '../store/fragment.ts';
import { ChartFrame } from './chart-frame.tsx';

export interface LacpStripProps {
  lag: Lag;
  fromTime: string;
  totalSeconds: number;
  range: TimeRange;
  onRange: (range: TimeRange | null) => void;
}

export function LacpStrip({ lag, fromTime, totalSeconds, range, onRange }: LacpStripProps) {
  const data = lacp.value;
  const rows = useMemo(() => (data ? stripRows(lag, data, totalSeconds) : []), [lag, data, totalSeconds]);
  if (!data || rows.length === 0) return null;
  const { timeline, ports } = data;
  const offsetSeconds = secondsBetween(fromTime, timeline.fromTime);
  return (
    <ChartFrame
      title="LACP"
      aside={<span class="muted">green: distributing · red, below: expired or defaulted · dashed: silent · click for the LACPDU</span>}
      table={() => ({
        head: ['Port', 'State at the end', 'LACPDUs', 'Transitions'],
        rows: ports.map(({ member, side, state, pdus, transitions }) => [
          `${member} ${side}`,
          state,
          String(pdus),
          String(transitions.length),
        ]),
      })}
      testId="panel-lacp-strip"
    >
      <LacpStripChart
        timeline={timeline}
        rows={rows}
        offsetSeconds={offsetSeconds}
        totalSeconds={totalSeconds}
        range={range}
        onRange={onRange}
        onPick={({ lane }, seconds) => {
          const pdu = nearestPdu(timeline, lane, seconds - offsetSeconds);
          if (pdu < 0) return;
          choosePdu(pdu);
          fragment.view.value = 'lacp';
        }}
      />
    </ChartFrame>
  );
}

function stripRows(lag: Lag, { timeline, ports }: LacpData, endSeconds: number): StripRow[] {
  return buildLanes(timeline, lag.members.length).map((lane): StripRow => {
    const member = lag.members[lane.member]?.name ?? '';
    const side = lane.side === 0 ? 'a' : 'b';
    const port = ports.find((candidate) => candidate.member === member && candidate.side === side);
    const label = `${member} ${side}`;
    const silences = findSilences(timeline, lane, port, endSeconds);
    return {
      lane,
      label,
      silences,
      describe: `${label}: ${port?.state ?? 'no LACPDU'}, ${countNoun(port?.transitions.length ?? 0, 'transition')}`,
    };
  });
}
