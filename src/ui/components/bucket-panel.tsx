/** The bucket table of one Open vSwitch sender in time, and why buckets moved. */
import { useState } from 'preact/hooks';
import type { Direction, Lag } from '../../report/document.ts';
import type { BucketEventRow, BucketReport, BucketRow } from '../../report/bucket-document.ts';
import { addSeconds, clockTime, secondsBetween } from '../../report/iso-time.ts';
import { countNoun, formatBytes, formatCount, formatDuration } from '../../report/quantity.ts';
import { capitalize, senderName } from '../../report/summary.ts';
import { BucketChart, eventLabel } from '../charts/bucket-chart.tsx';
import type { TimeRange } from '../charts/time-axis.tsx';
import { fragment } from '../store/fragment.ts';
import { ChartFrame } from './chart-frame.tsx';
import { MemberButton, MemberLabel } from './member-label.tsx';

const BUCKETS = 256;
/** Events and moves listed before the rest is counted. */
const EVENTS_SHOWN = 40;
const MOVES_SHOWN = 6;

export interface BucketPanelsProps {
  lag: Lag;
  direction: Direction;
  /** Start of the axis, its length, and the part on view. */
  fromTime: string;
  totalSeconds: number;
  range: TimeRange;
  onRange: (range: TimeRange | null) => void;
}

/** The table of a sender, or of each of its chassis. */
export function BucketPanels({ direction, ...rest }: BucketPanelsProps) {
  const { chassis = [] } = direction;
  return (
    <>
      <BucketPanel direction={direction} report={direction} {...rest} />
      {chassis.map((row) => (
        <BucketPanel key={row.members.join()} direction={direction} report={row} chassis={row.members} {...rest} />
      ))}
    </>
  );
}

interface BucketPanelProps extends BucketPanelsProps {
  report: BucketReport;
  /** Members of the chassis whose table it is, where the sender is several. */
  chassis?: readonly string[];
}

function BucketPanel({ lag, direction, report, chassis, fromTime, totalSeconds, range, onRange }: BucketPanelProps) {
  const [point, setPoint] = useState<{ place: number; seconds: number } | null>(null);
  const buckets = report.buckets ?? [];
  const events = report.bucketEvents ?? [];
  if (buckets.length === 0) return null;
  const secondsOf = (time: string): number => secondsBetween(fromTime, time);
  const told = buckets.filter((row) => row.source === 'state').length;
  const { rebalanceInterval } = report;
  const testId = [direction.from, ...(chassis ?? [])].join('-');
  return (
    <ChartFrame
      title={
        <>
          Buckets of {senderName(lag, direction.from)} <span class="muted">{`(${direction.from}→${direction.to})`}</span>
          {chassis !== undefined && `, chassis with ${chassis.join(' and ')}`}
        </>
      }
      aside={
        <span class="muted">
          {formatCount(buckets.length)} of {BUCKETS} known
          {told === buckets.length
            ? ', from state text'
            : told > 0
              ? `, ${formatCount(told)} from state text`
              : ', learned from the captures'}
          {events.length > 0 && ` · ${countNoun(events.length, 'change')}`}
          {rebalanceInterval ? ` · rebalancing each ${formatDuration(rebalanceInterval)}` : ''}
        </span>
      }
      table={() => bucketTable(buckets)}
      testId={`panel-buckets-${testId}`}
    >
      <BucketChart
        buckets={buckets}
        events={events}
        secondsOf={secondsOf}
        range={range}
        endSeconds={totalSeconds}
        chosenMember={fragment.member.value}
        onPoint={setPoint}
        onRange={onRange}
        label={`${capitalize(senderName(lag, direction.from))}: ${formatCount(buckets.length)} buckets in time; ${countNoun(events.length, 'change')}`}
        testId={`buckets-${testId}`}
      />
      <p class="bucket-readout" role="status">
        <Readout row={point ? (buckets[point.place] ?? null) : null} time={point ? addSeconds(fromTime, point.seconds) : ''} />
      </p>
      <ul class="legend">
        {lag.members.map(({ name }) => (
          <li key={name}>
            <MemberButton name={name} />
          </li>
        ))}
        <li class="muted">
          <span class="swatch bucket-unknown-swatch" aria-hidden="true" /> unknown
        </li>
        <li class="muted">bars left of the numbers: bytes</li>
      </ul>
      {events.length > 0 && <EventTable events={events} />}
    </ChartFrame>
  );
}

function Readout({ row, time }: { row: BucketRow | null; time: string }) {
  if (!row) return <span class="muted">Point at a row to read its bucket.</span>;
  const hold = row.holds.filter(({ fromTime }) => fromTime <= time).pop() ?? row.holds[0];
  return (
    <>
      {clockTime(time)} · bucket <strong>{row.bucket}</strong> (0x{row.bucket.toString(16).padStart(2, '0')}) on{' '}
      {hold?.member ? <MemberLabel name={hold.member} /> : 'an unknown member'}
      <span class="muted">
        {' '}
        · {countNoun(row.flows, 'flow')}, {formatBytes(row.bytes)}
        {row.source === 'state' ? ', told by a state text' : ''}
      </span>
    </>
  );
}

function EventTable({ events }: { events: readonly BucketEventRow[] }) {
  return (
    <div class="scroll-x">
      <table class="plain" data-testid="bucket-events">
        <thead>
          <tr>
            <th scope="col">From – to (UTC)</th>
            <th scope="col">What</th>
            <th scope="col">Moves</th>
          </tr>
        </thead>
        <tbody>
          {events.slice(0, EVENTS_SHOWN).map((event, i) => (
            <tr key={i}>
              <td class="nowrap">
                {clockTime(event.fromTime)}
                {event.toTime === event.fromTime ? '' : ` – ${clockTime(event.toTime)}`}
              </td>
              <td class="nowrap">{eventLabel(event)}</td>
              <td>
                {event.moves
                  .slice(0, MOVES_SHOWN)
                  .map(({ bucket, from, to }) => `${bucket}: ${from} → ${to}`)
                  .join(', ')}
                {event.moves.length > MOVES_SHOWN && `, ${formatCount(event.moves.length - MOVES_SHOWN)} more`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {events.length > EVENTS_SHOWN && <p class="muted">{countNoun(events.length - EVENTS_SHOWN, 'more change')}</p>}
    </div>
  );
}

function bucketTable(buckets: readonly BucketRow[]) {
  return {
    head: ['Bucket', 'Held by', 'Flows', 'Frames', 'Bytes', 'From'],
    rows: buckets.map(({ bucket, holds, flows, packets, bytes, source }) => [
      String(bucket),
      holds.map(({ fromTime, member }) => `${member ?? 'unknown'} from ${clockTime(fromTime)}`).join(', '),
      formatCount(flows),
      formatCount(packets),
      formatBytes(bytes),
      source === 'state' ? 'state text' : 'captures',
    ]),
  };
}
