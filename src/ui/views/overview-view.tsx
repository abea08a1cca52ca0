/** The answer on one screen: the sentence, the LAG drawn, each direction's load, and what was left out. */
import type { Direction, Finding, Lag, PolicyInUse, ResultDocument } from '../../report/document.ts';
import { clockTime, secondsBetween } from '../../report/iso-time.ts';
import { countNoun, formatBytes, formatCount, formatDuration, formatShare } from '../../report/quantity.ts';
import { describeChange, longestEpoch, senderName, summarySentences } from '../../report/summary.ts';
import { BalanceBars } from '../charts/balance-bars.tsx';
import { LagDrawing } from '../charts/lag-drawing.tsx';
import { ChartFrame } from '../components/chart-frame.tsx';
import { InputTable } from '../components/files-panel.tsx';
import { MemberButton, MemberLabel, toggleMember } from '../components/member-label.tsx';
import { lag as currentLag, resultDocument } from '../store/analysis-store.ts';
import { chosen } from '../store/chosen-flow.ts';
import { fragment } from '../store/fragment.ts';
import type { PageView } from './page-view.ts';

export const overviewView: PageView = { id: 'overview', title: 'Overview', key: '1', render: () => <Overview /> };

function Overview() {
  const lag = currentLag.value;
  const document = resultDocument.value;
  if (!lag || !document) return null;
  const flow = chosen.value.kind === 'ready' ? chosen.value.flow : null;
  return (
    <div class="stack">
      <div class="sentence" data-testid="sentence">
        {summarySentences(lag, document).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <Findings findings={document.findings.filter((finding) => finding.lag === null || finding.lag === lag.id)} />
      <ChartFrame title="The LAG" aside={<DrawingAside lag={lag} />} table={() => membersTable(lag)} testId="panel-lag">
        <LagDrawing lag={lag} chosenMember={fragment.member.value} chosenFlow={flow} onMember={toggleMember} />
        <ul class="legend">
          {lag.members.map((member) => (
            <li key={member.name}>
              <MemberButton name={member.name} />
            </li>
          ))}
          {fragment.member.value && (
            <li>
              <button type="button" class="button quiet small" onClick={() => (fragment.member.value = '')}>
                Mark none
              </button>
            </li>
          )}
        </ul>
      </ChartFrame>
      <div class="columns">
        {lag.directions.map((direction) => (
          <DirectionPanel key={direction.from} lag={lag} direction={direction} />
        ))}
      </div>
      <EpochList lag={lag} />
      <div class="columns uneven">
        <LeftOut lag={lag} document={document} />
        <section class="panel" data-testid="panel-inputs">
          <div class="panel-head">
            <h2>Inputs</h2>
          </div>
          <InputTable />
        </section>
      </div>
    </div>
  );
}

function DrawingAside({ lag }: { lag: Lag }) {
  const bytes = lag.directions.reduce((sum, direction) => sum + direction.totals.bytes, 0);
  const packets = lag.directions.reduce((sum, direction) => sum + direction.totals.packets, 0);
  return (
    <span class="muted">
      {countNoun(lag.members.length, 'member')} · {countNoun(packets, 'data frame')} · {formatBytes(bytes)} · thickness: bytes each way
    </span>
  );
}

function membersTable(lag: Lag) {
  const directions = lag.directions;
  return {
    head: ['Member', 'Sources', ...directions.flatMap(({ from, to }) => [`${from}→${to} bytes`, `${from}→${to} share`])],
    rows: lag.members.map((member) => [
      member.name,
      member.sources.join(', ') || 'none',
      ...directions.flatMap((direction) => {
        const load = direction.members.find(({ name }) => name === member.name)?.observed;
        return load ? [formatBytes(load.bytes), formatShare(load.share)] : ['–', '–'];
      }),
    ]),
  };
}

function DirectionPanel({ lag, direction }: { lag: Lag; direction: Direction }) {
  const flow = chosen.value.kind === 'ready' ? chosen.value.flow : null;
  const { from, to, totals, balance } = direction;
  const active = longestEpoch(direction)?.active.length ?? direction.members.length;
  const title = (
    <>
      {capitalize(senderName(lag, from))} sends <span class="muted">({`${from}→${to}`})</span>
    </>
  );
  return (
    <ChartFrame
      title={title}
      aside={
        <span class="muted">
          {countNoun(totals.flows, 'flow')} · {formatBytes(totals.bytes)}
        </span>
      }
      table={() => balanceTable(direction)}
      testId={`direction-${from}`}
    >
      <Agreement direction={direction} />
      {totals.packets > 0 ? (
        <>
          <BalanceBars direction={direction} chosenMember={fragment.member.value} chosenFlow={flow} onMember={toggleMember} />
          <ul class="legend marks">
            <li>
              <span class="mark-observed" aria-hidden="true" /> observed
            </li>
            <li>
              <span class="mark-predicted" aria-hidden="true" /> predicted
            </li>
            <li>
              <span class="mark-even" aria-hidden="true" /> even share
            </li>
            {flow?.from === from && (
              <li>
                <span class="mark-flow" aria-hidden="true" /> chosen flow
              </li>
            )}
          </ul>
        </>
      ) : (
        <p class="muted">No data frames in this direction.</p>
      )}
      <dl class="facts">
        <dt>Policy</dt>
        <dd data-testid={`policy-${from}`}>{describePolicy(direction.policy)}</dd>
        {direction.policy.members.length > 0 && (
          <>
            <dt>Hash order</dt>
            <dd class="chips">
              {direction.policy.members.map((name) => (
                <MemberLabel key={name} name={name} />
              ))}
            </dd>
          </>
        )}
        {balance.effectiveMembers !== null && (
          <>
            <dt>Effective members</dt>
            <dd data-testid={`effective-${from}`}>
              {balance.effectiveMembers.toFixed(2)} of {active}
              {direction.epochs.length > 1 && ' in the longest epoch'}
              {balance.maxOverMean !== null && <span class="muted"> · busiest {balance.maxOverMean.toFixed(2)} × the mean</span>}
            </dd>
          </>
        )}
        {balance.pValue !== null && (
          <>
            <dt>By chance</dt>
            <dd>an ideal hash is at least as uneven in {formatShare(balance.pValue)} of cases</dd>
          </>
        )}
      </dl>
    </ChartFrame>
  );
}

/** The agreement, as a fraction first: on how much it rests is part of it. */
function Agreement({ direction }: { direction: Direction }) {
  const { flows, packets, bytes } = direction.agreement;
  const mark = packets.total === 0 ? '?' : packets.match === packets.total ? '✓' : '✗';
  const tone = packets.total === 0 ? 'muted' : packets.match === packets.total ? 'text-good' : 'text-error';
  return (
    <div class="agreement">
      <p>
        <strong class={`agreement-figure ${tone}`} data-testid={`agreement-${direction.from}`}>
          {mark} {packets.total === 0 ? 'nothing to compare' : `${formatCount(flows.match)} of ${formatCount(flows.total)}`}
        </strong>{' '}
        {packets.total > 0 && 'flows are where the policy puts them'}
      </p>
      {packets.total > 0 && (
        <p class="muted">
          <span data-testid={`agreement-packets-${direction.from}`}>
            {formatCount(packets.match)} of {formatCount(packets.total)}
          </span>{' '}
          frames, {formatShare(bytes.total > 0 ? bytes.match / bytes.total : 1)} of the bytes
        </p>
      )}
    </div>
  );
}

function describePolicy(policy: PolicyInUse): string {
  if (policy.id === null) return 'not known';
  const sources = {
    option: 'as set',
    state: 'from the state text',
    inferred: 'inferred from the traffic',
    default: 'the default',
  } as const;
  const parts = [policy.id];
  if (policy.variant) parts.push(policy.variant);
  if (policy.basis !== null && policy.basis !== 0) parts.push(`basis ${policy.basis}`);
  parts.push(sources[policy.source]);
  if (policy.source === 'inferred') parts.push(`confidence ${formatShare(policy.confidence)}`);
  return parts.join(' · ');
}

function balanceTable(direction: Direction) {
  return {
    head: ['Member', 'Obs. flows', 'Obs. frames', 'Obs. bytes', 'Obs. share', 'Pred. flows', 'Pred. frames', 'Pred. bytes', 'Pred. share'],
    rows: direction.members.map(({ name, observed, predicted }) => [
      name,
      ...[observed, predicted].flatMap((load) => [
        formatCount(load.flows),
        formatCount(load.packets),
        formatBytes(load.bytes),
        formatShare(load.share),
      ]),
    ]),
  };
}

function EpochList({ lag }: { lag: Lag }) {
  const changing = lag.directions.filter((direction) => direction.epochs.length > 1);
  if (changing.length === 0) return null;
  return (
    <section class="panel" data-testid="panel-epochs">
      <div class="panel-head">
        <h2>Epochs of active members</h2>
        <span class="muted">each is predicted with its own members</span>
      </div>
      <div class="columns tight">
        {changing.map((direction) => (
          <div key={direction.from} class="scroll-x">
            <table class="plain">
              <caption class="muted">
                {capitalize(senderName(lag, direction.from))} ({direction.from}→{direction.to})
              </caption>
              <thead>
                <tr>
                  <th scope="col">From (UTC)</th>
                  <th scope="col" class="number">
                    For
                  </th>
                  <th scope="col">Active, in hash order</th>
                  <th scope="col">Why</th>
                </tr>
              </thead>
              <tbody>
                {direction.epochs.map((epoch, i) => (
                  <tr key={i}>
                    <td class="nowrap">{clockTime(epoch.fromTime)}</td>
                    <td class="number">{formatDuration(secondsBetween(epoch.fromTime, epoch.toTime))}</td>
                    <td>
                      <span class="chips tight">
                        {epoch.active.length === 0 && <span class="muted">none</span>}
                        {epoch.active.map((name) => (
                          <MemberLabel key={name} name={name} />
                        ))}
                      </span>
                    </td>
                    <td>{i === 0 ? epoch.why : `${epoch.why}: ${describeChange(direction.epochs[i - 1], epoch)}`}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
      </div>
    </section>
  );
}

const REASONS: Record<string, string> = {
  'socket-hash': 'the sender hashes by its socket, which no capture shows',
  'cut-header': 'the snap length cut what enters the hash',
  'no-destination-mac': 'the capture does not tell the destination MAC',
  'in-frame-tag': 'the tag is in the frame as the sender hashes it',
  'keyed-hash': 'the hash has a secret key',
  'unknown-bucket': 'no frame told which member the bucket uses',
  'unknown-policy': 'the policy is not known',
  'before-up': 'sent before the members were up',
  'kernel-bug': 'the sender’s kernel hashes memory that no capture shows',
  'hidden-input': 'something that is not in the frame enters the hash',
};

function LeftOut({ lag, document }: { lag: Lag; document: ResultDocument }) {
  const rows: { what: string; why: string; packets: number; bytes: number | null }[] = [];
  for (const direction of lag.directions) {
    const way = `${direction.from}→${direction.to}`;
    for (const { reason, packets, bytes } of direction.unpredicted)
      rows.push({ what: `${way} unpredicted: ${reason}`, why: REASONS[reason] ?? '', packets, bytes });
    if (direction.transition.packets > 0)
      rows.push({
        what: `${way} transition`,
        why: 'within a moment of a change of the active members',
        packets: direction.transition.packets,
        bytes: null,
      });
    if (direction.control.packets > 0)
      rows.push({
        what: `${way} control`,
        why: 'per-port protocols such as LACP: no policy places them',
        packets: direction.control.packets,
        bytes: direction.control.bytes,
      });
    if (direction.reflections.packets > 0)
      rows.push({
        what: `${way} reflections`,
        why: 'thrown back by a switch that does not aggregate',
        packets: direction.reflections.packets,
        bytes: direction.reflections.bytes,
      });
  }
  if (lag.unassigned.packets > 0) rows.push({ what: 'unassigned', why: 'of no side for certain', ...lag.unassigned });
  if (lag.duplicates.packets > 0) rows.push({ what: 'duplicates', why: 'copies of one frame within a member', ...lag.duplicates });
  if (document.outside.packets > 0) rows.push({ what: 'outside', why: 'frames of no LAG', ...document.outside });
  return (
    <section class="panel left-out" data-testid="panel-left-out">
      <div class="panel-head">
        <h2>Not compared</h2>
        <span class="muted">every captured frame is in a direction above or here</span>
      </div>
      {rows.length === 0 ? (
        <p class="muted">Nothing: every frame was compared.</p>
      ) : (
        <div class="scroll-x">
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col" class="number">
                  Frames
                </th>
                <th scope="col" class="number">
                  Bytes
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.what}>
                  <td>
                    {row.what}
                    <span class="row-note">{row.why}</span>
                  </td>
                  <td class="number">{formatCount(row.packets)}</td>
                  <td class="number">{row.bytes === null ? '–' : formatBytes(row.bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const SEVERITY_MARKS = { error: '✗', warn: '!', info: 'i' } as const;

function Findings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <section class="panel" data-testid="panel-findings">
      <div class="panel-head">
        <h2>Findings</h2>
      </div>
      <ul class="findings">
        {findings.map((finding, i) => (
          <li key={i} class={`finding ${finding.severity}`}>
            <p>
              <strong>
                {SEVERITY_MARKS[finding.severity]} {finding.severity}: {finding.title}
              </strong>{' '}
              <code class="muted">{finding.id}</code>
            </p>
            <p>{finding.detail}</p>
            {finding.members.length > 0 && (
              <p class="chips">
                {finding.members.map((name) => (
                  <MemberButton key={name} name={name} />
                ))}
              </p>
            )}
            {finding.evidence.length > 0 && (
              <p class="muted">
                {finding.evidence
                  .slice(0, 3)
                  .map((evidence) => `${evidence.path} frame ${evidence.packet}${evidence.note ? ` (${evidence.note})` : ''}`)
                  .join('; ')}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
