/** Every LACPDU in order of time: a virtual list over the columns of the timeline. */
import { useEffect, useMemo } from 'preact/hooks';
import type { Lag } from '../../report/document.ts';
import type { PduTimeline } from '../../pipeline/pdu-timeline.ts';
import { addSeconds, clockTime } from '../../report/iso-time.ts';
import { countNoun, formatCount, formatDuration } from '../../report/quantity.ts';
import { chosenPduIndex, choosePdu } from '../store/lacp-store.ts';
import { neighbourPdu } from '../store/pdu-timeline.ts';
import { fragment } from '../store/fragment.ts';
import { MemberLabel } from './member-label.tsx';
import { formatState, StateBits } from './state-bits.tsx';
import { useVirtualRows } from './use-virtual-rows.ts';

const ROW_HEIGHT = 26;
const HEAD_HEIGHT = 30;

export function PduList({ lag, timeline }: { lag: Lag; timeline: PduTimeline }) {
  const marked = fragment.member.value;
  const list = useMemo(() => selectPdus(lag, timeline, marked), [lag, timeline, marked]);
  const { element, height, boxTop, rows, scrollTo } = useVirtualRows(list.length, ROW_HEIGHT, HEAD_HEIGHT);
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
          <div class="row-box" style={{ transform: `translateY(${boxTop}px)` }}>
            {rows.map(({ index, slot, top }) => {
              const i = list[index];
              const before = neighbourPdu(timeline, i, -1, true);
              return (
                <div
                  key={slot}
                  class={i === chosen ? 'pdu-row chosen' : 'pdu-row'}
                  role="row"
                  aria-rowindex={index + 2}
                  aria-selected={i === chosen}
                  style={{ top: `${top}px` }}
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
                    {before >= 0 ? formatDuration(timeline.atSeconds[i] - timeline.atSeconds[before]) : '–'}
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
      </div>
    </section>
  );
}

/** Places of the LACPDUs on the marked member, or of all. */
function selectPdus(lag: Lag, timeline: PduTimeline, marked: string): Uint32Array {
  const member = lag.members.findIndex(({ name }) => name === marked);
  const places = new Uint32Array(timeline.length);
  let count = 0;
  for (let i = 0; i < timeline.length; i++) if (marked === '' || timeline.member[i] === member) places[count++] = i;
  return places.subarray(0, count);
}
