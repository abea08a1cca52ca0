/** LACP: is it up, what each end believes and since when, every LACPDU in time. */
import { useMemo } from 'preact/hooks';
import type { Lag } from '../../report/document.ts';
import type { LagPort } from '../../report/lacp-document.ts';
import { summarizeLacp } from '../../report/format-lacp-blocks.ts';
import { addSeconds, clockTime, secondsBetween } from '../../report/iso-time.ts';
import { countNoun, formatDuration } from '../../report/quantity.ts';
import { capitalize, sideTitle } from '../../report/summary.ts';
import { LacpLanes, type LaneRow } from '../charts/lacp-lanes.tsx';
import { buildLanes } from '../charts/lane-model.ts';
import { findSilences } from '../charts/lane-silences.ts';
import { clampRange, type TimeRange } from '../charts/time-axis.tsx';
import { ChartFrame } from '../components/chart-frame.tsx';
import { CablePanel } from '../components/cable-panel.tsx';
import { EndViews } from '../components/end-views.tsx';
import { Later } from '../components/later.tsx';
import { PduList } from '../components/pdu-list.tsx';
import { PortTable } from '../components/port-table.tsx';
import { BIT_LETTERS, bitTone, formatState } from '../components/state-bits.tsx';
import { TransitionList } from '../components/transition-list.tsx';
import { STATE_BIT_NAMES } from '../../lacp/lacpdu.ts';
import { lag as currentLag } from '../store/analysis-store.ts';
import { chosenPduIndex, choosePdu, lacp, stepPdu, type LacpData } from '../store/lacp-store.ts';
import { fragment } from '../store/fragment.ts';
import { rangeFrom, setRangeFrom } from '../store/time-range.ts';
import type { PageView } from './page-view.ts';

export const lacpView: PageView = { id: 'lacp', title: 'LACP', key: '4', render: () => <LacpView /> };

function LacpView() {
  const lag = currentLag.value;
  const data = lacp.value;
  if (!lag) return null;
  if (!data) return <p class="muted">Asking for the LACPDUs</p>;
  return (
    <div class="stack">
      <p class="sentence" data-testid="lacp-sentence">
        {capitalize(summarizeLacp({ ...lag, ports: [...data.ports] }).slice(lag.id.length + 2))}
      </p>
      {data.ports.length === 0 ? (
        <section class="panel">
          <p>
            No LACPDU was captured on any member: nobody speaks LACP here, or the captures were taken where LACPDUs do not pass. A static
            channel, active-backup and the other modes without LACP look like this, too.
          </p>
        </section>
      ) : (
        <LacpPanels lag={lag} data={data} />
      )}
      {data.ports.length === 0 && <CablePanel wiring={data} />}
    </div>
  );
}

function LacpPanels({ lag, data }: { lag: Lag; data: LacpData }) {
  return (
    <>
      <section class="panel" data-testid="panel-ports">
        <div class="panel-head">
          <h2>Ports</h2>
          <span class="muted">how often the other end asked for a LACPDU, and how often one was sent</span>
        </div>
        <PortTable lag={lag} ports={data.ports} />
      </section>
      <Later>
        <LanesPanel lag={lag} data={data} />
      </Later>
      <Later>
        <section class="panel" data-testid="panel-ends">
          <div class="panel-head">
            <h2>Both ends</h2>
            <span class="muted">what each says of itself in its last LACPDU, beside what the other believes of it</span>
          </div>
          <EndViews lag={lag} ports={data.ports} />
        </section>
      </Later>
      <Later>
        <TransitionList ports={data.ports} />
      </Later>
      <CablePanel wiring={data} />
      {data.timeline.length > 0 && (
        <Later>
          <PduList lag={lag} timeline={data.timeline} />
        </Later>
      )}
    </>
  );
}

function LanesPanel({ lag, data }: { lag: Lag; data: LacpData }) {
  const { timeline, ports } = data;
  const total = Math.max(1e-3, secondsBetween(timeline.fromTime, timeline.toTime));
  const rows = useMemo(() => laneRows(lag, data, total), [lag, data]);
  const fixed = rangeFrom(timeline.fromTime);
  const range: TimeRange = fixed ? clampRange(fixed, total) : [0, total];
  const setRange = (next: TimeRange | null): void => {
    const clamped = next && clampRange(next, total);
    setRangeFrom(timeline.fromTime, clamped && (clamped[0] > 0 || clamped[1] < total) ? clamped : null);
  };
  return (
    <ChartFrame
      title="State bits in time"
      aside={
        <span class="muted" data-testid="lacp-range">
          {clockTime(addSeconds(timeline.fromTime, range[0]))} – {clockTime(addSeconds(timeline.fromTime, range[1]))} UTC ·{' '}
          {formatDuration(range[1] - range[0])} · {countNoun(timeline.length, 'LACPDU')}
        </span>
      }
      table={() => ({
        head: ['Member', 'Side', 'LACPDUs', ...STATE_BIT_NAMES.map((name) => `${name} set`)],
        rows: rows.map(({ member, side, lane }) => [
          member,
          side,
          String(lane.pdus.length),
          ...STATE_BIT_NAMES.map((_, bit) => String(lane.pdus.filter((i) => (timeline.actorState[i] & (1 << bit)) !== 0).length)),
        ]),
      })}
      testId="panel-lanes"
    >
      <div class="time-bar">
        <ul class="legend marks lanes-legend">
          {STATE_BIT_NAMES.map((name, bit) => (
            <li key={name}>
              <span class={`bit set ${bitTone(bit)}`} aria-hidden="true">
                {BIT_LETTERS[bit]}
              </span>
              {name}
            </li>
          ))}
        </ul>
        <span class="muted hint">Click a tick to read its LACPDU · n and p: next, previous · drag to zoom</span>
        {fragment.range.value !== '' && (
          <button type="button" class="button small" onClick={() => setRange(null)}>
            Show all
          </button>
        )}
      </div>
      <LacpLanes
        timeline={timeline}
        rows={rows}
        range={range}
        endSeconds={total}
        chosenMember={fragment.member.value}
        chosenPdu={chosenPduIndex.value}
        onPdu={choosePdu}
        onRange={setRange}
        onStep={stepPdu}
        label={describeLanes(ports)}
      />
    </ChartFrame>
  );
}

function laneRows(lag: Lag, { timeline, ports }: LacpData, total: number): LaneRow[] {
  return buildLanes(timeline, lag.members.length).map((lane): LaneRow => {
    const member = lag.members[lane.member]?.name ?? '';
    const side = lane.side === 0 ? 'a' : 'b';
    const port = ports.find((candidate) => candidate.member === member && candidate.side === side);
    const described = lag.sides.find((candidate) => candidate.id === side);
    const transitions = (port?.transitions ?? []).map((transition) => ({
      ...transition,
      atSeconds: secondsBetween(timeline.fromTime, transition.time),
    }));
    return {
      lane,
      member,
      side,
      end: described ? `${side}: ${sideTitle(described)}` : `side ${side}`,
      state: port?.state ?? '',
      transitions,
      silences: findSilences(timeline, lane, port, total),
    };
  });
}

function describeLanes(ports: readonly LagPort[]): string {
  return `State bits in time of ${countNoun(ports.length, 'port')}: ${ports
    .map(
      ({ member, side, state, actor, transitions }) =>
        `${member} side ${side} ${state}${actor ? `, last state ${formatState(actor.state)}` : ''}, ${countNoun(transitions.length, 'transition')}`,
    )
    .join('; ')}`;
}
