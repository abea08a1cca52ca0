/** The inspector: one LACPDU, its fields and its bytes, each showing where the other is. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PduField } from '../../lacp/pdu-fields.ts';
import type { PduDetail } from '../../pipeline/pdu-timeline.ts';
import { clockTime } from '../../report/iso-time.ts';
import { formatCount, formatDuration } from '../../report/quantity.ts';
import { chosenPduIndex, choosePdu, lacp, pduDetail } from '../store/lacp-store.ts';
import { neighbourPdu } from '../store/pdu-timeline.ts';
import { fragment } from '../store/fragment.ts';
import { MemberLabel } from './member-label.tsx';
import { formatState, StateBits } from './state-bits.tsx';

export function PduPanel() {
  const detail = pduDetail.value;
  const index = chosenPduIndex.value;
  const panel = useRef<HTMLElement>(null);
  const data = lacp.value;
  useEffect(() => {
    panel.current?.scrollTo({ top: 0 });
  }, [index]);
  const step = (by: 1 | -1) => {
    const next = data ? neighbourPdu(data.timeline, index, by, true) : -1;
    const key = by === 1 ? 'n' : 'p';
    return (
      <button
        type="button"
        class="button small"
        disabled={next < 0}
        title={`Key ${key}`}
        onClick={() => choosePdu(next)}
        data-testid={`pdu-${key}`}
      >
        {by === 1 ? 'Next ›' : '‹ Previous'}
      </button>
    );
  };
  return (
    <aside ref={panel} class="side" aria-label="Chosen LACPDU" data-testid="pdu-panel">
      <div class="panel-head">
        <h2>LACPDU</h2>
        <span class="chips tight">
          {step(-1)}
          {step(1)}
        </span>
        <button type="button" class="button quiet small end" title="Close (Esc)" onClick={() => (fragment.pdu.value = '')}>
          Close
        </button>
      </div>
      {data !== null && index < 0 ? (
        <p class="muted">There is no LACPDU {fragment.pdu.value} in this LAG.</p>
      ) : detail === null ? (
        <p class="muted">Asking for the LACPDU</p>
      ) : (
        <PduBody detail={detail} />
      )}
    </aside>
  );
}

function PduBody({ detail }: { detail: PduDetail }) {
  const { pdu, bytes, sameAs, fields } = detail;
  const [marked, setMarked] = useState<PduField | null>(null);
  const data = lacp.value;
  const index = chosenPduIndex.value;
  const before = data ? neighbourPdu(data.timeline, index, -1, true) : -1;
  const gap = data && before >= 0 ? data.timeline.atSeconds[index] - data.timeline.atSeconds[before] : null;
  return (
    <div class="flow-body-panel">
      <dl class="facts">
        <dt>Frame</dt>
        <dd class="mono" data-testid="pdu-frame">
          {pdu.path} {formatCount(pdu.packet)}
        </dd>
        <dt>Time (UTC)</dt>
        <dd class="mono">
          {clockTime(pdu.time, 9)}
          {gap !== null && <span class="muted"> · {formatDuration(gap)} after the one before</span>}
        </dd>
        <dt>Member</dt>
        <dd>
          <MemberLabel name={pdu.member} /> <span class="muted">{pdu.side ? `· side ${pdu.side}` : '· of neither end'}</span>
        </dd>
        <dt>Says of itself</dt>
        <dd>
          <code>{formatState(pdu.actor.state)}</code> <StateBits state={pdu.actor.state} />
        </dd>
        <dt>Believes of the other</dt>
        <dd>
          <code>{formatState(pdu.partner.state)}</code> <StateBits state={pdu.partner.state} />
        </dd>
      </dl>
      {pdu.malformed !== null && <p class="text-error">✗ Malformed: {pdu.malformed}</p>}
      <section>
        <h3>Fields</h3>
        <ol class="pdu-fields" data-testid="pdu-fields" onMouseLeave={() => setMarked(null)}>
          {fields.map((field, i) => (
            <li
              key={i}
              class={`${field.group ? 'group' : ''}${marked === field ? ' marked' : ''}`}
              onMouseEnter={() => setMarked(field)}
              onClick={() => setMarked(field)}
            >
              <span class="muted mono">{field.offsetBytes.toString(16).padStart(2, '0')}</span>
              <span>{field.label}</span>
              <code>{field.value}</code>
            </li>
          ))}
        </ol>
      </section>
      <section>
        <h3>
          Bytes <span class="muted">{formatCount(bytes.length)} captured</span>
        </h3>
        {sameAs !== null && <p class="muted">Of frame {formatCount(sameAs)}, the first in a row of equal LACPDUs.</p>}
        <HexDump bytes={bytes} fields={fields} marked={marked} onMark={setMarked} />
      </section>
    </div>
  );
}

const ROW_BYTES = 16;

function HexDump(props: {
  bytes: Uint8Array;
  fields: readonly PduField[];
  marked: PduField | null;
  onMark: (field: PduField | null) => void;
}) {
  const { bytes, fields, marked, onMark } = props;
  const rows = Array.from({ length: Math.ceil(bytes.length / ROW_BYTES) }, (_, row) => row * ROW_BYTES);
  const fieldAt = (at: number): PduField | null =>
    fields.find((field) => !field.group && at >= field.offsetBytes && at < field.offsetBytes + field.lengthBytes) ??
    fields.find((field) => field.group && at >= field.offsetBytes && at < field.offsetBytes + field.lengthBytes) ??
    null;
  const isMarked = (at: number): boolean => marked !== null && at >= marked.offsetBytes && at < marked.offsetBytes + marked.lengthBytes;
  return (
    <div class="scroll-x">
      <pre class="hex" data-testid="pdu-bytes" onMouseLeave={() => onMark(null)}>
        {rows.map((start) => (
          <div key={start}>
            <span class="muted">{start.toString(16).padStart(4, '0')}</span>
            {'  '}
            {Array.from(bytes.subarray(start, start + ROW_BYTES), (byte, i) => (
              <span key={i} class={isMarked(start + i) ? 'byte marked' : 'byte'} onMouseEnter={() => onMark(fieldAt(start + i))}>
                {byte.toString(16).padStart(2, '0')}
                {i === 7 ? '  ' : ' '}
              </span>
            ))}
          </div>
        ))}
      </pre>
    </div>
  );
}
