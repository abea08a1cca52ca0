/** The chosen flow: what was seen, where it should be, and the hash worked out step by step. */
import { useEffect, useRef } from 'preact/hooks';
import type { Flow, Lag } from '../../report/document.ts';
import type { FlowExplanation } from '../../pipeline/flows-analysis.ts';
import { formatPacketText } from '../../flows/format-packet-spec.ts';
import { REASON_TEXTS } from '../../report/format-terms.ts';
import { clockTime } from '../../report/iso-time.ts';
import { countNoun, formatBytes, formatCount } from '../../report/quantity.ts';
import { capitalize, senderName } from '../../report/summary.ts';
import { FlowStrip } from '../charts/flow-strip.tsx';
import { lag as currentLag } from '../store/analysis-store.ts';
import { chosen, type ChosenFlow } from '../store/chosen-flow.ts';
import { setPacket } from '../store/explorer-store.ts';
import { fragment } from '../store/fragment.ts';
import { FlowFields } from './flow-fields.tsx';
import { predictedMember } from '../../report/format-flow.ts';
import { flowTitle, VERDICT_MARKS } from './flow-text.ts';
import { MemberLabel } from './member-label.tsx';

export function FlowPanel() {
  const state = chosen.value;
  const lag = currentLag.value;
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    panel.current?.scrollTo({ top: 0 });
  }, [fragment.flow.value]);
  return (
    <aside ref={panel} class="side" aria-label="Chosen flow" data-testid="flow-panel">
      <div class="panel-head">
        <h2>Flow {fragment.flow.value}</h2>
        <button type="button" class="button quiet small end" title="Close (Esc)" onClick={() => (fragment.flow.value = '')}>
          Close
        </button>
      </div>
      {state.kind === 'ready' && lag ? (
        <FlowBody {...state} lag={lag} />
      ) : (
        <p class="muted">{state.kind === 'missing' ? 'There is no flow of this id in this LAG.' : 'Asking for the flow'}</p>
      )}
    </aside>
  );
}

function FlowBody({ flow, reverse, explanation, lag }: ChosenFlow & { lag: Lag }) {
  const bucket = flow.bucket ?? flow.predicted?.bucket;
  return (
    <div class="flow-body-panel">
      <p class="mono flow-title">{flowTitle(flow)}</p>
      <section class={`verdict-box ${flow.verdict}`}>
        <p>
          <strong data-testid="panel-verdict">
            {VERDICT_MARKS[flow.verdict]} {flow.verdict}
            {flow.reason ? `: ${flow.reason}` : ''}
          </strong>
        </p>
        {flow.reason && REASON_TEXTS[flow.reason] && <p data-testid="panel-reason">{capitalize(REASON_TEXTS[flow.reason])}.</p>}
        <p class="chips">
          <span>
            observed <MemberLabel name={flow.observed} />
          </span>
          <span>
            predicted <MemberLabel name={predictedMember(flow)} />
          </span>
        </p>
      </section>
      <section>
        <h3>On the wire</h3>
        <FlowStrip lag={lag} flow={flow} />
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Member</th>
              <th scope="col" class="number">
                Frames
              </th>
              <th scope="col" class="number">
                Bytes
              </th>
              <th scope="col">From – to (UTC)</th>
            </tr>
          </thead>
          <tbody>
            {flow.members.map((member) => (
              <tr key={member.name}>
                <td>
                  <MemberLabel name={member.name} />
                </td>
                <td class="number">{formatCount(member.packets)}</td>
                <td class="number">{formatBytes(member.bytes)}</td>
                <td>
                  <span class="nowrap">{clockTime(member.firstTime)} –</span> <span class="nowrap">{clockTime(member.lastTime)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <h3>The hash, step by step</h3>
        {explanation ? <Explanation explanation={explanation} flow={flow} /> : <p class="muted">No policy places this flow.</p>}
      </section>
      <Reverse flow={flow} reverse={reverse} lag={lag} />
      <FlowFields flow={flow} lag={lag} />
      <p class="chips">
        {flow.src && (
          <button type="button" class="button small" onClick={() => filterFlows(`ip=${flow.src}`)}>
            All flows of {flow.src}
          </button>
        )}
        {flow.dst && (
          <button type="button" class="button small" onClick={() => filterFlows(`ip=${flow.dst}`)}>
            All flows of {flow.dst}
          </button>
        )}
        {flow.from && bucket !== undefined && (
          <button
            type="button"
            class="button small"
            onClick={() => filterFlows(`side=${flow.from},bucket=${bucket}`)}
            data-testid="same-bucket"
          >
            Other flows of {flow.bucket === undefined ? 'index' : 'bucket'} {bucket}
          </button>
        )}
        <button type="button" class="button small" onClick={() => exploreFlow(flow)} data-testid="explore-flow">
          Explore its hash
        </button>
      </p>
    </div>
  );
}

function filterFlows(where: string): void {
  fragment.where.value = where;
  fragment.view.value = 'flows';
}

function exploreFlow(flow: Flow): void {
  setPacket(formatPacketText({ ...flow }));
  fragment.view.value = 'hash';
}

function Explanation({ explanation, flow }: { explanation: FlowExplanation; flow: Flow }) {
  return (
    <>
      <p>
        {explanation.policy} <span class="muted">· {explanation.variant}</span>
      </p>
      {explanation.unpredicted && (
        <p class="text-warn">
          ? Not predicted: <strong>{explanation.unpredicted}</strong>
        </p>
      )}
      <ol class="steps" data-testid="hash-steps">
        {explanation.steps.map((step, i) => (
          <li key={i}>
            <span>{step.label}</span>
            <code>{step.value}</code>
          </li>
        ))}
      </ol>
      {!explanation.unpredicted &&
        explanation.epochs.map((epoch, i) => (
          <EpochChoice key={i} hash={explanation.hash} epoch={epoch} flow={flow} alone={explanation.epochs.length === 1} />
        ))}
    </>
  );
}

/** From the hash to the member, in one epoch; the epochs the flow was not seen in stand back. */
function EpochChoice(props: { hash: string; epoch: FlowExplanation['epochs'][number]; flow: Flow; alone: boolean }) {
  const { hash, epoch, flow, alone } = props;
  const seen = alone || (flow.firstTime <= epoch.toTime && flow.lastTime >= epoch.fromTime);
  const whole = alone || (flow.firstTime >= epoch.fromTime && flow.lastTime <= epoch.toTime);
  const right = epoch.member === flow.observed;
  return (
    <div class={seen ? 'epoch-choice' : 'epoch-choice muted'}>
      {!alone && (
        <p class="muted">
          {clockTime(epoch.fromTime)} – {clockTime(epoch.toTime)} UTC{seen ? '' : ': the flow was not seen then'}
        </p>
      )}
      {epoch.active.length === 0 ? (
        <p class="muted">no active member</p>
      ) : (
        <>
          <p>
            <code>{hash}</code> → index <strong>{epoch.index ?? '–'}</strong> of {countNoun(epoch.active.length, 'active member')} →{' '}
            <MemberLabel name={epoch.member} />
            {epoch.member !== null && whole && flow.members.length === 1 && (
              <strong class={right ? 'text-good' : 'text-error'}>{right ? ' ✓ as observed' : ` ✗ observed on ${flow.observed}`}</strong>
            )}
          </p>
          <p class="chips muted">
            {epoch.active.map((name, n) => (
              <span key={name} class={n === epoch.index ? 'index-chosen' : ''}>
                {n}: {name}
              </span>
            ))}
          </p>
        </>
      )}
    </div>
  );
}

function Reverse({ flow, reverse, lag }: { flow: Flow; reverse: Flow | null; lag: Lag }) {
  if (!reverse) return null;
  const same = reverse.observed === flow.observed;
  return (
    <section>
      <h3>The way back</h3>
      <p>
        <button type="button" class="button small" onClick={() => (fragment.flow.value = reverse.id)}>
          Flow {reverse.id}
        </button>{' '}
        of {reverse.from ? senderName(lag, reverse.from) : 'the other end'} on <MemberLabel name={reverse.observed} />
      </p>
      <p class="muted">{same ? 'The same member both ways.' : 'Another member than this way: normal, each end chooses its own.'}</p>
    </section>
  );
}
