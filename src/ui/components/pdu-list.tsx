/** Every LACPDU in order of time: a virtual list over the columns of the timeline. */
import { useEffect, useMemo } from 'preact/hooks';
import type { Lag } from '../../report/document.ts';
import type { PduTimeline } from '../../pipeline/pdu-timeline.ts';
import { addSeconds, clockTime } from '../../report/iso-time.ts';
import { countNoun, formatCount, formatDuration } from '../../report/quantity.ts';
import { chosenPduIndex, choosePdu } from '../store/lacp-store.ts';
import { fragment } from '../store/fragment.ts';
import { MemberLabel } from './member-label.tsx';
import { formatState, StateBits } from './state-bits.tsx';
import { useVirtualRows } from './use-virtual-rows.ts';

const ROW_HEIGHT = 26;
const HEAD_HEIGHT = 30;

export function PduList({ lag, timeline }: { lag: Lag; timeline: PduTimeline }) {
  const marked = fragment.member.value;
  const { list, gap } = useMemo(() => selectPdus(lag, timeline, marked), [lag, timeline, marked]);
  const { element, height, rows, scrollTo } = useVirtualRows(list.length, ROW_HEIGHT, HEAD_HEIGHT);
  const chosen = chosenPduIndex.value;
  useEffect(() => {
    const at = list.indexOf(chosen);
    if (at >= 0) scrollTo(at);
  }, [chosen, list]);
  return (
    <section class="panel" data-testid="panel-pdus">
      <div class="panel-head">
        <h2>All LACPDUs</h2>
        <span class="muted" data-testid="pdu-total">
          {countNoun(list.length, 'LACPDU')}
          {marked && ` on ${marked}`}
        </span>
      </div>
      <div
        ref={element}
        class="pdu-table"
        role="grid"
        tabIndex={0}
        aria-label="LACPDUs"
        aria-rowcount={list.length + 1}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -list.length, End: list.length }[event.key];
          if (step === undefined) return;
          const at = Math.max(0, Math.min(list.length - 1, list.indexOf(chosen) + step));
          choosePdu(list[at] ?? -1);
          event.preventDefault();
        }}
      >
        <div class="pdu-row pdu-head" role="row">
          {['Time (UTC)', 'Member', 'Side', 'Frame', 'After', 'Says of itself', 'Believes of the other'].map((title) => (
            <div key={title} class="cell" role="columnheader">
              {title}
            </div>
          ))}
        </div>
        <div class="pdu-body" style={{ height: `${height}px` }}>
          {rows.map(({ index, top }) => {
            const i = list[index];
            return (
              <div
                key={index}
                class={i === chosen ? 'pdu-row chosen' : 'pdu-row'}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={i === chosen}
                style={{ transform: `translateY(${top}px)` }}
                onClick={() => choosePdu(i)}
                data-testid="pdu-row"
              >
                <div class="cell" role="gridcell">
                  {clockTime(addSeconds(timeline.fromTime, timeline.atSeconds[i]))}
                </div>
                <div class="cell" role="gridcell">
                  <MemberLabel name={lag.members[timeline.member[i]]?.name ?? null} />
                </div>
                <div class="cell" role="gridcell">
                  {['a', 'b', '?'][timeline.side[i]]}
                </div>
                <div class="cell number" role="gridcell">
                  {formatCount(timeline.frame[i])}
                </div>
                <div class="cell number" role="gridcell">
                  {gap[index] >= 0 ? formatDuration(gap[index]) : '–'}
                </div>
                {timeline.malformed[i] === 1 ? (
                  <div class="cell text-error" role="gridcell">
                    ✗ malformed
                  </div>
                ) : (
                  [timeline.actorState[i], timeline.partnerState[i]].map((state, which) => (
                    <div key={which} class="cell" role="gridcell">
                      <code>{formatState(state)}</code> <StateBits state={state} />
                    </div>
                  ))
                )}
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

/** Places of the LACPDUs on the marked member (or on all), and the seconds since the one before of the same port (-1: none). */
function selectPdus(lag: Lag, timeline: PduTimeline, marked: string): { list: number[]; gap: Float64Array } {
  const member = marked === '' ? -1 : lag.members.findIndex(({ name }) => name === marked);
  const list: number[] = [];
  const last = new Map<number, number>();
  const gaps: number[] = [];
  for (let i = 0; i < timeline.length; i++) {
    if (member >= 0 && timeline.member[i] !== member) continue;
    const port = timeline.member[i] * 3 + timeline.side[i];
    const before = last.get(port);
    gaps.push(before === undefined ? -1 : timeline.atSeconds[i] - before);
    last.set(port, timeline.atSeconds[i]);
    list.push(i);
  }
  return { list, gap: Float64Array.from(gaps) };
}
