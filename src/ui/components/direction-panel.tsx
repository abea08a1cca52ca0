/** One direction: the agreement first, then each member's load observed and predicted, and what the prediction rests on. */
import type { Direction, Lag, PolicyInUse } from '../../report/document.ts';
import { countNoun, formatBytes, formatCount, formatShare } from '../../report/quantity.ts';
import { capitalize, longestEpoch, senderName } from '../../report/summary.ts';
import { BalanceBars } from '../charts/balance-bars.tsx';
import { chosen } from '../store/chosen-flow.ts';
import { fragment } from '../store/fragment.ts';
import { ChartFrame } from './chart-frame.tsx';
import { MemberLabel, toggleMember } from './member-label.tsx';

/** `isPart`: loads and agreement are of the range on view; what holds for all of the time only is left out. */
export function DirectionPanel({ lag, direction, isPart }: { lag: Lag; direction: Direction; isPart: boolean }) {
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
        {!isPart && balance.effectiveMembers !== null && (
          <>
            <dt>Effective members</dt>
            <dd data-testid={`effective-${from}`}>
              {balance.effectiveMembers.toFixed(2)} of {active}
              {direction.epochs.length > 1 && ' in the longest epoch'}
              {balance.maxOverMean !== null && <span class="muted"> · busiest {balance.maxOverMean.toFixed(2)} × the mean</span>}
            </dd>
          </>
        )}
        {!isPart && balance.pValue !== null && (
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
