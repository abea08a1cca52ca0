/** What to change, best first, with the configuration to copy. */
import type { PlanAdvice } from '../../report/plan-document.ts';
import { formatCount } from '../../report/quantity.ts';
import { capitalize, senderName } from '../../report/summary.ts';
import { lag } from '../store/analysis-store.ts';
import { fragment } from '../store/fragment.ts';
import { advice, adviceState, MOST_ADVISED_FLOWS, workOutAdvice } from '../store/plan-detail-store.ts';
import { changePlan } from '../store/plan-store.ts';
import { CopyButton } from './copy-button.tsx';
import { SyntaxChoice } from './syntax-choice.tsx';

export function PlanAdvicePanel() {
  if (advice.value) return <PlanAdviceList advice={advice.value} />;
  return (
    <section class="panel" data-testid="plan-advice-wanted">
      <div class="panel-head">
        <h2>Advice</h2>
      </div>
      {adviceState.value === 'asked' ? (
        <p class="muted">Trying every change</p>
      ) : (
        <>
          <p>
            Every policy is tried on every flow, and every header field counted, which takes a while with more than{' '}
            {formatCount(MOST_ADVISED_FLOWS)} flows; the controls above answer late meanwhile.
          </p>
          <p>
            <button type="button" class="button" data-testid="work-out-advice" onClick={workOutAdvice}>
              Work out advice
            </button>
          </p>
        </>
      )}
    </section>
  );
}

function PlanAdviceList({ advice }: { advice: readonly PlanAdvice[] }) {
  return (
    <section class="panel" data-testid="plan-advice">
      <div class="panel-head">
        <h2>Advice</h2>
        <SyntaxChoice label="Configuration for" syntaxes={advice.flatMap(({ fix }) => fix.map(({ syntax }) => syntax))} />
      </div>
      {advice.length === 0 ? (
        <p class="muted">No change of policy or members is worth its cost on this traffic.</p>
      ) : (
        <ol class="advice">
          {advice.map((item) => (
            <AdviceItem key={`${item.rank} ${item.side} ${item.action}`} item={item} />
          ))}
        </ol>
      )}
    </section>
  );
}

function AdviceItem({ item }: { item: PlanAdvice }) {
  const shown = item.fix.find(({ syntax }) => syntax === fragment.fix.value) ?? item.fix[0];
  const place = shown ? item.fix.indexOf(shown) : -1;
  const owner = lag.value ? senderName(lag.value, item.side) : `side ${item.side}`;
  return (
    <li class="advice-item">
      <p>
        <strong>{capitalize(item.why)}</strong> <span class="muted">At {owner}.</span>
      </p>
      <dl class="facts">
        <dt>Gain</dt>
        <dd>{item.gain}</dd>
        <dt>Cost</dt>
        <dd>{item.cost}</dd>
      </dl>
      {item.policy !== null && item.action !== 'change-nothing' && (
        <p>
          <button
            type="button"
            class="button small"
            onClick={() =>
              changePlan({
                from: item.side,
                policy: { id: item.policy as string, ...(item.variant !== null && { variant: item.variant }) },
                memberCount: item.memberCount,
                failed: [],
              })
            }
          >
            Show this scenario
          </button>
        </p>
      )}
      {shown && (
        <div class="fix-text">
          <pre class="recipe">{shown.text}</pre>
          <CopyButton text={shown.text} />
          {item.verify[place] && (
            <p class="muted">
              Then look: <code>{item.verify[place]}</code>
            </p>
          )}
        </div>
      )}
    </li>
  );
}
