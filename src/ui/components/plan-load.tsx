/** Load in time as it was, and below it under the scenario, on one scale. */
import { useState } from 'preact/hooks';
import type { PlanLoad } from '../../pipeline/plan-query.ts';
import { addSeconds, clockTime } from '../../report/iso-time.ts';
import { formatBitRate, formatDuration } from '../../report/quantity.ts';
import { LoadChart, type MemberSeries } from '../charts/load-chart.tsx';
import { fragment } from '../store/fragment.ts';
import { ChartFrame } from './chart-frame.tsx';
import { plannedMemberIndex } from './plan-members.tsx';

export function PlanLoadCharts({ current, planned }: { current: PlanLoad; planned: PlanLoad | null }) {
  const [cursor, setCursor] = useState<number | null>(null);
  const total = current.stepSeconds * current.steps;
  if (current.steps === 0 || !(total > 0)) return null;
  const draw = (load: PlanLoad, title: string, id: string) => {
    const members = toSeries(load);
    return (
      <ChartFrame
        title={title}
        aside={
          <span class="muted">
            {cursor === null
              ? `steps of ${formatDuration(load.stepSeconds)}`
              : `${clockTime(addSeconds(load.fromTime, cursor * load.stepSeconds))} UTC: ${members.map((member) => `${member.name} ${formatBitRate(member.bitsPerSecond[cursor] ?? 0)}`).join(', ')}`}
          </span>
        }
        table={() => stepTable(load, members)}
        testId={`plan-load-${id}`}
      >
        <LoadChart
          label={`${title}: ${members.map((member) => `${member.name} at most ${formatBitRate(member.bitsPerSecond.reduce((most, rate) => Math.max(most, rate), 0))}`).join('; ')}`}
          stepSeconds={load.stepSeconds}
          range={[0, total]}
          members={members}
          flow={null}
          stacked={false}
          chosenMember={fragment.member.value}
          epochs={[]}
          cursor={cursor}
          onCursor={setCursor}
          onRange={() => undefined}
          testId={`plan-chart-${id}`}
        />
      </ChartFrame>
    );
  };
  return (
    <div class="columns">
      {draw(current, 'Load in time: today', 'today')}
      {planned && draw(planned, 'Load in time: then', 'then')}
    </div>
  );
}

function toSeries(load: PlanLoad): MemberSeries[] {
  return load.members.map(({ name, bytes }) => ({
    name,
    index: plannedMemberIndex(name),
    bitsPerSecond: bytes.map((count) => (count * 8) / load.stepSeconds),
  }));
}

/** At most some fifty rows: steps joined. */
function stepTable(load: PlanLoad, members: readonly MemberSeries[]) {
  const joined = Math.max(1, Math.ceil(load.steps / 50));
  const rows: string[][] = [];
  for (let step = 0; step < load.steps; step += joined) {
    const end = Math.min(load.steps, step + joined);
    const mean = (member: MemberSeries): number =>
      member.bitsPerSecond.subarray(step, end).reduce((sum, rate) => sum + rate, 0) / (end - step);
    rows.push([clockTime(addSeconds(load.fromTime, step * load.stepSeconds)), ...members.map((member) => formatBitRate(mean(member)))]);
  }
  return { head: ['From (UTC)', ...members.map(({ name }) => name)], rows };
}
