/** What-if on the captured traffic: other policies, more or fewer members, failures. */
import type { Lag } from '../../report/document.ts';
import type { PlanScenario } from '../../report/plan-document.ts';
import { countNoun, formatBitRate, formatBytes, formatDuration, formatShare } from '../../report/quantity.ts';
import { capitalize, senderName } from '../../report/summary.ts';
import { PlanAdvicePanel } from '../components/plan-advice.tsx';
import { PlanControls } from '../components/plan-controls.tsx';
import { PlanEntropy } from '../components/plan-entropy.tsx';
import { PlanForecast } from '../components/plan-forecast.tsx';
import { PlanLoadCharts } from '../components/plan-load.tsx';
import { largestShare, PlanMatrix } from '../components/plan-matrix.tsx';
import { PlanMembers } from '../components/plan-members.tsx';
import { PlanMoved } from '../components/plan-moved.tsx';
import { lag as currentLag } from '../store/analysis-store.ts';
import { entropy, moved } from '../store/plan-detail-store.ts';
import { answerMs, matrix, outcome, outcomeLoad, planTrouble, planView } from '../store/plan-store.ts';
import type { PageView } from './page-view.ts';

export const planPageView: PageView = { id: 'plan', title: 'Plan', key: '5', render: () => <PlanView /> };

function PlanView() {
  const lag = currentLag.value;
  if (!lag) return null;
  const shown = outcome.value;
  const load = outcomeLoad.value;
  return (
    <div class="stack plan-view">
      <p class="sentence" data-testid="plan-sentence" data-answer-ms={answerMs.value.toFixed(1)}>
        {shown ? describeOutcome(lag, shown.current, shown.planned) : (planTrouble.value ?? 'Replaying the captured traffic')}
      </p>
      <PlanControls lag={lag} />
      {planTrouble.value && <p class="text-error">{planTrouble.value}</p>}
      <div class="columns uneven-plan">
        {shown && (
          <section class="panel">
            <div class="panel-head">
              <h2>Members</h2>
              <span class="muted">{shown.planned ? 'outlined: today; filled: then' : 'as it was'}</span>
            </div>
            <PlanMembers current={shown.current} planned={shown.planned} />
            <PlanNotes scenario={shown.planned ?? shown.current} />
          </section>
        )}
        <section class="panel">
          <div class="panel-head">
            <h2>Largest share of one member</h2>
            <span class="muted">policy × number of members, over the whole capture; choose a cell</span>
          </div>
          {matrix.value ? <PlanMatrix scenarios={matrix.value} /> : <p class="muted">Placing every flow under every policy</p>}
        </section>
      </div>
      {load && <PlanLoadCharts current={load.current} planned={shown?.planned ? load.planned : null} />}
      {moved.value && shown?.planned && <PlanMoved moved={moved.value} />}
      <PlanAdvicePanel />
      <div class="columns uneven-plan">
        <PlanForecast />
        {entropy.value && <PlanEntropy audit={entropy.value} />}
      </div>
    </div>
  );
}

/** One sentence: what the busiest member would carry, against today. */
function describeOutcome(lag: Lag, current: PlanScenario, planned: PlanScenario | null): string {
  const owner = senderName(lag, planView.value.from);
  const today = `${formatShare(largestShare(current))} of the bytes`;
  if (planned === null) {
    return `${capitalize(owner)} sends under ${current.policy ?? 'an unknown policy'} over ${countNoun(current.memberCount, 'member')}: the busiest carries ${today}${peakWords(current)}.`;
  }
  const failed = planned.failed.length === 0 ? '' : ` with ${planned.failed.join(' and ')} failed`;
  const moved =
    planned.moved.flows === 0
      ? planned.mayMove.flows === 0
        ? 'No flow would move'
        : 'No flow is known to move'
      : `${countNoun(planned.moved.flows, 'flow')} (${formatBytes(planned.moved.bytes)}) would move`;
  const mayMove = planned.mayMove.flows === 0 ? '' : `; ${countNoun(planned.mayMove.flows, 'other flow')} may, as chance decides`;
  return `Under ${planned.policy ?? 'an unknown policy'} over ${countNoun(planned.memberCount, 'member')}${failed} the busiest member of ${owner} would carry ${formatShare(largestShare(planned))} of the bytes${peakWords(planned)}; today ${today}${peakWords(current)}. ${moved}${mayMove}.`;
}

function peakWords(scenario: PlanScenario): string {
  const peak = Math.max(0, ...scenario.members.map(({ peakBps }) => peakBps ?? 0));
  if (peak === 0 || scenario.peakWindow === null) return '';
  const load = Math.max(0, ...scenario.members.map(({ peakLoad }) => peakLoad ?? 0));
  return `, peak ${formatBitRate(peak)} over ${formatDuration(scenario.peakWindow)}${load > 0 ? ` (${formatShare(load, 0)} of its link)` : ''}`;
}

function PlanNotes({ scenario }: { scenario: PlanScenario }) {
  const { balance, uncertain, draws } = scenario;
  const notes: string[] = [];
  if (balance.effectiveMembers !== null)
    notes.push(`As good as ${balance.effectiveMembers.toFixed(2)} of ${scenario.memberCount - scenario.failed.length} members.`);
  if (balance.pValue !== null)
    notes.push(
      balance.pValue < 0.05
        ? `More uneven than an ideal hash would place these flows (p = ${balance.pValue.toPrecision(2)}).`
        : `As uneven as an ideal hash may place these flows (p = ${balance.pValue.toPrecision(2)}).`,
    );
  if (uncertain.packets > 0)
    notes.push(`${countNoun(uncertain.packets, 'frame')} (${formatBytes(uncertain.bytes)}) not decided: ${uncertain.reason}.`);
  if (draws > 0) notes.push(`The sender’s table is random: middle and 5 to 95 % of ${countNoun(draws, 'draw')}.`);
  return <p class="muted plan-notes">{notes.join(' ')}</p>;
}
