import type { PlanScenario } from '../report/plan-document.ts';
import { countNoun, formatBitRate, formatShare } from '../report/quantity.ts';
import type { Candidate, Situation } from './advice-candidates.ts';
import { busiestOf, largestShare } from './advice-load.ts';
import type { PlanDirectionTables } from './plan-direction.ts';

export function loadText(scenario: PlanScenario): string {
  const { member, peakBps, value } = busiestOf(scenario);
  if (member === undefined) return 'nothing';
  if (peakBps === null) return `${formatShare(value)} of the bytes on the busiest member`;
  const load = member.peakLoad === null ? '' : `, ${formatShare(value, 0)} of its link`;
  return `busiest second ${formatBitRate(peakBps)}${load}`;
}

export function movedText(flows: number): string {
  return `${countNoun(flows, 'flow')} ${flows === 1 ? 'moves' : 'move'} once.`;
}

/** Why a change is advised, or why not although it would lie better. */
export function whyText(
  candidate: Candidate,
  current: PlanScenario,
  { isUnlikely, idle }: Situation,
  verdict: 'wins' | 'coarser' | 'luck',
): string {
  const what = whatText(candidate, current, idle);
  if (candidate.action === 'use-all-members') return what;
  if (verdict === 'wins') return `${what}${isUnlikely ? ', which is worse than chance' : ''}.`;
  if (verdict === 'coarser') {
    const like = candidate.classes === null ? '' : ` (like ${Math.round(candidate.classes.effectiveFlows)} equal ones)`;
    return `${what}; it tells fewer flows apart${like}, so other traffic may lie worse.`;
  }
  return `${what}; the present spread is what chance makes of these flows, and other traffic will lie otherwise.`;
}

function whatText({ action, rule, scenario }: Candidate, current: PlanScenario, idle: readonly string[]): string {
  const shares = (of: PlanScenario): string => of.members.map(({ share }) => (share * 100).toFixed(0)).join('/');
  const name = rule?.policy.id ?? scenario.policy ?? '';
  const then = scenario.draws > 0 ? `about ${formatShare(largestShare(scenario), 0)} on the busiest member` : shares(scenario);
  const change = `${then}, ${shares(current)} now`;
  switch (action) {
    case 'add-member':
      return `${scenario.memberCount} members under ${name}: ${change}`;
    case 'newer-kernel':
      return `${name} as a newer kernel computes it: ${change}`;
    case 'rebalance':
      return `rebalancing every 10 s: ${change}`;
    case 'set-switch-hash':
      return `addresses and ports in the hash: ${change}`;
    case 'use-all-members':
      return `${idle.join(', ')} ${idle.length === 1 ? 'is' : 'are'} not in use most of the time; with all members in use ${name} gives ${change}. No policy mends that: lacpviz check and lacpviz lacp tell why.`;
    case 'set-policy':
      return `${name}: ${change}`;
  }
}

/** A mode that does not hash is no matter of policies. */
export function modeText(mode: string): string {
  return mode.endsWith('active-backup')
    ? 'change nothing: active-backup sends over one member by design, the others wait for its failure.'
    : `change nothing: ${mode} places nothing by a hash, so no hash policy changes where its flows go.`;
}

/** Nobody spreads anything here: that is not for a hash to mend. */
export const ONE_MEMBER_TEXT =
  'this side sends all over one member: no hash spreads these flows so badly. It does not aggregate (active-backup, one link up, a switch without the channel, a frozen table): lacpviz check and lacpviz lacp tell more.';

export function stayText(
  { rule }: PlanDirectionTables,
  { balance }: PlanScenario,
  { isUnlikely, isFull }: Situation,
  unlikely: number,
  hasWinner: boolean,
): string {
  const { pValue, maxOverMean } = balance;
  const spread = maxOverMean === null ? '' : `the busiest member carries ${maxOverMean.toFixed(2)} times the mean`;
  if (hasWinner) return `leave it: ${spread}.`;
  if (rule === null && isUnlikely)
    return `${spread}, which chance makes rarely, but the sender's rule is not known: lacpviz infer shows what it looks at.`;
  if (isUnlikely) return `${spread}, which chance makes rarely, but no other policy of this sender would do better with these flows.`;
  if (isFull) return `a link is full, and no change helps.`;
  const chance =
    pValue === null
      ? ''
      : pValue < unlikely
        ? ', more than chance makes of these flows but too little to matter'
        : ` (an ideal hash does as badly with these flows in ${formatShare(pValue, 0)} of cases)`;
  return `change nothing: ${spread}${chance}, and no link is full.`;
}

/** One flow that is more than its member's fair share caps what any policy can do. */
export function splitText(share: number, flows: number): string {
  return `one flow carries ${formatShare(share, 0)} of the bytes${flows === 1 ? '' : ` of ${countNoun(flows, 'flow')}`}: no policy can split one flow.`;
}

export function splitGainText(before: number, after: number): string {
  return `with more connections (SMB multichannel, NFS nconnect, iperf3 -P, more tunnels) each finds its own member: at best ${formatShare(after, 0)} of the bytes on the busiest member, ${formatShare(before, 0)} now.`;
}
