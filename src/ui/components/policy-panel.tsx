/** The policy of each direction as the wire shows it: ranking, what decides, what cannot be told apart, what would decide. */
import { useState } from 'preact/hooks';
import type { Lag } from '../../report/document.ts';
import type { DecidingFlow, DirectionInference, InferHypothesis, RuleName } from '../../report/infer-document.ts';
import { formatCount, formatShare } from '../../report/quantity.ts';
import { describeRules } from '../../report/rule-names.ts';
import { capitalize, senderName } from '../../report/summary.ts';
import { generation } from '../store/analysis-store.ts';
import { fragment } from '../store/fragment.ts';
import { useInference } from '../store/inference.ts';
import { LearnSwitch } from './learn-switch.tsx';
import { MemberLabel } from './member-label.tsx';

/** Hypotheses shown before the rest is asked for. */
const SHOWN = 4;
const DECIDING_SHOWN = 6;

export function PolicyPanel({ lag }: { lag: Lag }) {
  const state = useInference();
  return (
    <section class="panel" data-testid="panel-policy">
      <div class="panel-head">
        <h2>The policy, read off the wire</h2>
        <span class="muted">from the flows alone, whatever the state text says</span>
      </div>
      {state.kind === 'waiting' && (
        <p class="muted" role="status">
          {`Weighing every policy against the flows${state.progress ? ` · ${senderName(lag, state.progress.from)}` : ''}${state.progress?.source ? `: ${state.progress.source}` : ''} `}
          <button type="button" class="button small" onClick={state.cancel} data-testid="cancel-infer">
            Cancel
          </button>
        </p>
      )}
      {state.kind === 'offered' && (
        <p>
          <button type="button" class="button small" onClick={state.ask} data-testid="ask-infer">
            Weigh the policies
          </button>{' '}
          <span class="muted">takes some seconds where there are many flows</span>
        </p>
      )}
      {state.kind === 'ready' && (
        <div class="policy-directions">
          {state.directions.map((direction) => (
            <DirectionPolicy key={direction.from} lag={lag} direction={direction} />
          ))}
        </div>
      )}
    </section>
  );
}

function DirectionPolicy({ lag, direction }: { lag: Lag; direction: DirectionInference }) {
  const { from, to, hypotheses, decided, mode, equivalentModes, modeEvidence, needs, unexplained, stated, decidedBy } = direction;
  const [all, setAll] = useState(false);
  const shown = hypotheses.slice(0, all ? hypotheses.length : SHOWN);
  const best = hypotheses[0];
  return (
    <div class="direction-policy" data-testid={`infer-${from}`}>
      <h3>
        {capitalize(senderName(lag, from))} <span class="muted">{`(${from}→${to})`}</span>
      </h3>
      <p>
        {decided && best ? (
          <strong class="text-good" data-testid={`infer-verdict-${from}`}>
            ✓ {ruleText(best)}
          </strong>
        ) : (
          <strong class="muted" data-testid={`infer-verdict-${from}`}>
            ? not decided
          </strong>
        )}{' '}
        · mode <strong>{mode}</strong>
        {equivalentModes.length > 0 && <span class="muted"> (would look the same: {equivalentModes.join(', ')})</span>}
      </p>
      {modeEvidence.length > 0 && <p class="muted">{capitalize(modeEvidence.join('; '))}.</p>}
      {stated && (
        <p class={stated.refuted ? 'text-warn' : 'muted'}>
          {stated.refuted ? '! ' : ''}
          {stated.path} says {stated.policy}
          {stated.variant ? ` (${stated.variant})` : ''}
          {stated.refuted ? '; the traffic refutes it.' : ''}
        </p>
      )}
      {hypotheses.length > 0 && (
        <ol class="ranking" aria-label="Policies by probability">
          {shown.map((hypothesis, i) => (
            <Hypothesis key={i} hypothesis={hypothesis} />
          ))}
          {unexplained >= 0.0005 && (
            <li class="hypothesis">
              <ProbabilityBar probability={unexplained} />
              <span class="muted">none of these rules</span>
            </li>
          )}
        </ol>
      )}
      {hypotheses.length > shown.length && (
        <button type="button" class="link-button" onClick={() => setAll(true)}>
          {formatCount(hypotheses.length - shown.length)} less likely
        </button>
      )}
      {decidedBy.length > 0 && <Deciding flows={decidedBy} />}
      {needs !== '' && (
        <p>
          <span class="muted">What would decide: </span>
          {needs}
        </p>
      )}
      {sends(lag, from) && <LearnSwitch key={`${generation.value} ${lag.id}`} lagId={lag.id} from={from} />}
    </div>
  );
}

/** Of what a side never sent there is nothing to learn. */
function sends(lag: Lag, from: 'a' | 'b'): boolean {
  return lag.directions.some((direction) => direction.from === from && direction.totals.packets > 0);
}

function Hypothesis({ hypothesis }: { hypothesis: InferHypothesis }) {
  const { probability, agreement, members, equivalent, untestedMembers, tests } = hypothesis;
  return (
    <li class="hypothesis" data-testid="hypothesis">
      <ProbabilityBar probability={probability} />
      <div>
        <p>
          <strong>{ruleText(hypothesis)}</strong>{' '}
          <span class="muted">
            {formatCount(agreement.flows.match)} of {formatCount(agreement.flows.total)} flows fit, {formatCount(tests)} tests
          </span>
        </p>
        {members.length > 0 && (
          <p class="chips tight">
            <span class="muted">order</span>
            {members.map((name) => (
              <span key={name} class="nowrap">
                <MemberLabel name={name} />
                {untestedMembers.includes(name) && (
                  <span class="muted" title="No flow tests its place in the order">
                    {' '}
                    ?
                  </span>
                )}
              </span>
            ))}
          </p>
        )}
        {equivalent.length > 0 && <p class="muted">placed alike by {describeRules(hypothesis, equivalent)}</p>}
      </div>
    </li>
  );
}

function ProbabilityBar({ probability }: { probability: number }) {
  return (
    <span class="probability">
      <span class="number">{formatShare(probability)}</span>
      <meter min={0} max={1} value={probability} aria-label={`probability ${formatShare(probability)}`} />
    </span>
  );
}

function Deciding({ flows }: { flows: readonly DecidingFlow[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? flows : flows.slice(0, DECIDING_SHOWN);
  return (
    <div>
      <p class="muted">Decided by the flows in which the two best differ:</p>
      <ul class="deciding">
        {shown.map(({ flow, observed, best, other }) => (
          <li key={flow}>
            <button type="button" class="link-button" onClick={() => (fragment.flow.value = flow)}>
              {flow}
            </button>{' '}
            on <MemberLabel name={observed} />
            <span class="muted">
              {best === observed ? `, not ${other ?? 'predicted by the other'}` : `, the best says ${best ?? 'nothing'}`}
            </span>
          </li>
        ))}
      </ul>
      {flows.length > shown.length && (
        <button type="button" class="link-button" onClick={() => setAll(true)}>
          {formatCount(flows.length - shown.length)} more
        </button>
      )}
    </div>
  );
}

function ruleText({ policy, variant }: RuleName): string {
  return variant === '' ? policy : `${policy} · ${variant}`;
}
