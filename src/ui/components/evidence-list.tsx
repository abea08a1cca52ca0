/** The frames that show a finding, each leading to where the page shows it. */
import { useState } from 'preact/hooks';
import type { Evidence } from '../../report/document.ts';
import { clockTime } from '../../report/iso-time.ts';
import { countNoun, formatCount } from '../../report/quantity.ts';
import { choosePdu, lacp } from '../store/lacp-store.ts';
import { findPdu } from '../store/pdu-timeline.ts';
import { fragment } from '../store/fragment.ts';
import { rangeAround } from '../store/time-range.ts';

const SHOWN = 3;
/** Seconds shown on either side of a frame in the view of time. */
const AROUND = 5;

export function EvidenceList({ evidence }: { evidence: readonly Evidence[] }) {
  const [all, setAll] = useState(false);
  if (evidence.length === 0) return null;
  const shown = all ? evidence : evidence.slice(0, SHOWN);
  return (
    <ul class="evidence" aria-label="Evidence">
      {shown.map((entry, i) => (
        <li key={i} data-testid="evidence">
          <EvidenceLink entry={entry} /> <span class="muted">{entry.note}</span>
        </li>
      ))}
      {evidence.length > shown.length && (
        <li>
          <button type="button" class="link-button" onClick={() => setAll(true)}>
            {countNoun(evidence.length - shown.length, 'more frame')}
          </button>
        </li>
      )}
    </ul>
  );
}

/** A LACPDU opens in the inspector, any other frame in the view of time. */
function EvidenceLink({ entry }: { entry: Evidence }) {
  const { path, packet, time } = entry;
  // A line of a state text is given as a frame of that file.
  const text = `${path} ${packet > 0 ? `frame ${formatCount(packet)}` : ''}${time ? ` at ${clockTime(time)}` : ''}`;
  const data = lacp.value;
  const pdu = data ? findPdu(data.timeline, path, packet) : -1;
  if (pdu >= 0) {
    return (
      <button type="button" class="link-button mono" title="Open the LACPDU" onClick={() => showPdu(pdu)}>
        {text}
      </button>
    );
  }
  if (time === null) return <span class="mono">{text}</span>;
  return (
    <button type="button" class="link-button mono" title="Show this time" onClick={() => showTime(time)}>
      {text}
    </button>
  );
}

function showPdu(index: number): void {
  choosePdu(index);
  fragment.view.value = 'lacp';
}

export function showTime(time: string): void {
  fragment.range.value = rangeAround(time, AROUND);
  fragment.view.value = 'time';
}
