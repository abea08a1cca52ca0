/** Throughput of one direction per member over time, against link speed, with what it was in view. */
import type { Direction, Lag } from '../../report/document.ts';
import type { LoadSeries } from '../../pipeline/flows-analysis.ts';
import { addSeconds, clockTime, secondsBetween } from '../../report/iso-time.ts';
import { formatBitRate, formatBytes, formatDuration, formatShare } from '../../report/quantity.ts';
import { describeChange, senderName } from '../../report/summary.ts';
import { LoadChart, type EpochMark, type MemberSeries } from '../charts/load-chart.tsx';
import { fragment } from '../store/fragment.ts';
import { ChartFrame } from './chart-frame.tsx';
import { MemberButton, memberIndex } from './member-label.tsx';

interface LoadPanelProps {
  lag: Lag;
  direction: Direction;
  load: LoadSeries;
  flowLoad: LoadSeries | null;
  range: readonly [number, number];
  stacked: boolean;
  cursor: number | null;
  onCursor: (step: number | null) => void;
  onRange: (range: readonly [number, number] | null) => void;
}

export function LoadPanel({ lag, direction, load, flowLoad, range, stacked, cursor, onCursor, onRange }: LoadPanelProps) {
  const { from, to } = direction;
  const members = toSeries(lag, load, from);
  const flow = flowLoad && flowLoad.steps === load.steps ? toSeries(lag, flowLoad, from) : null;
  const flowHere = flow?.some((member) => member.bitsPerSecond.some((rate) => rate > 0)) ? flow : null;
  const first = Math.max(0, Math.floor(range[0] / load.stepSeconds));
  const last = Math.min(load.steps - 1, Math.ceil(range[1] / load.stepSeconds) - 1);
  const rows = members.map((member) => ({
    name: member.name,
    speedBps: member.speedBps ?? null,
    ...measure(member, first, last),
    now: cursor === null ? null : (member.bitsPerSecond[cursor] ?? 0),
  }));
  const epochs: EpochMark[] = direction.epochs.slice(1).map((epoch, i) => ({
    atSeconds: secondsBetween(load.fromTime, epoch.fromTime),
    label: describeChange(direction.epochs[i], epoch),
    why: epoch.why,
  }));
  const sum = (pick: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  const name = senderName(lag, from);
  return (
    <ChartFrame
      title={
        <>
          {name.charAt(0).toUpperCase() + name.slice(1)} sends <span class="muted">({`${from}→${to}`})</span>
        </>
      }
      aside={
        <span class="muted" data-testid={`load-total-${from}`}>
          {formatBytes((sum((row) => row.mean) * (last - first + 1) * load.stepSeconds) / 8)} in view, mean{' '}
          {formatBitRate(sum((row) => row.mean))}
        </span>
      }
      table={() => stepTable(load, members, first, last)}
      testId={`panel-load-${from}`}
    >
      <LoadChart
        label={`Throughput ${from} to ${to} per member over ${formatDuration(range[1] - range[0])}: ${rows.map((row) => `${row.name} mean ${formatBitRate(row.mean)}, peak ${formatBitRate(row.peak)}`).join('; ')}`}
        stepSeconds={load.stepSeconds}
        range={range}
        members={members}
        flow={flowHere}
        stacked={stacked}
        chosenMember={fragment.member.value}
        epochs={epochs}
        cursor={cursor}
        onCursor={onCursor}
        onRange={onRange}
        testId={`load-${from}`}
      />
      <div class="scroll-x">
        <table class="plain readout">
          <thead>
            <tr>
              <th scope="col">Member</th>
              <th scope="col" class="number">
                {cursor === null
                  ? 'Under the pointer'
                  : clockTime(addSeconds(load.fromTime, cursor * load.stepSeconds), load.stepSeconds < 0.001 ? 6 : 3)}
              </th>
              <th scope="col" class="number">
                Mean in view
              </th>
              <th scope="col" class="number">
                Peak over {formatDuration(load.stepSeconds)}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <td>
                  <MemberButton name={row.name} />
                </td>
                <td class="number">{row.now === null ? '–' : formatBitRate(row.now)}</td>
                <td class="number">{formatBitRate(row.mean)}</td>
                <td class="number">
                  {formatBitRate(row.peak)}
                  {row.speedBps !== null && <span class="muted"> · {formatShare(row.peak / row.speedBps)} of the link</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </ChartFrame>
  );
}

function toSeries(lag: Lag, load: LoadSeries, from: Direction['from']): MemberSeries[] {
  return lag.members.map(({ name, speedMbps }) => {
    const bytes = load.series.find((series) => series.from === from && series.member === name)?.bytes ?? new Float64Array(load.steps);
    return {
      name,
      index: memberIndex(name),
      speedBps: speedMbps === null ? null : speedMbps * 1e6,
      bitsPerSecond: bytes.map((count) => (count * 8) / load.stepSeconds),
    };
  });
}

function measure(member: MemberSeries, first: number, last: number): { mean: number; peak: number } {
  let sum = 0;
  let peak = 0;
  for (let step = first; step <= last; step++) {
    const rate = member.bitsPerSecond[step] ?? 0;
    sum += rate;
    if (rate > peak) peak = rate;
  }
  return { mean: last >= first ? sum / (last - first + 1) : 0, peak };
}

/** At most some fifty rows: the steps in view, joined. */
function stepTable(load: LoadSeries, members: readonly MemberSeries[], first: number, last: number) {
  const joined = Math.max(1, Math.ceil((last - first + 1) / 50));
  const rows: string[][] = [];
  for (let step = first; step <= last; step += joined) {
    const end = Math.min(last, step + joined - 1);
    rows.push([
      clockTime(addSeconds(load.fromTime, step * load.stepSeconds)),
      ...members.map((member) => formatBitRate(measure(member, step, end).mean)),
    ]);
  }
  return { head: ['From (UTC)', ...members.map((member) => member.name)], rows };
}
