/** What an analysis found, in plain words: the first thing the terminal and the page say of a LAG. */
import { findPolicy } from '../hash/registry.ts';
import type { Direction, Epoch, Finding, Lag, ResultDocument, Side, SideId } from './document.ts';
import { clockTime, secondsBetween } from './iso-time.ts';
import { countNoun, formatCount, formatShare } from './quantity.ts';

/** Below this ratio of the busiest member to the mean, a load is called even. */
const EVEN_MAX_OVER_MEAN = 1.15;
/** At or above this probability an imbalance is one that chance can give. */
const CHANCE_P_VALUE = 0.05;
/** More changes of the active members than this are counted, not told one by one. */
const EPOCH_CHANGES_TOLD = 2;

/** One to a few plain sentences on a LAG: where the bytes of each side went, whether the policy explains it, what changed. */
export function summarizeLag(lag: Lag, document: ResultDocument): string {
  return summarySentences(lag, document).join(' ');
}

/** The same, sentence by sentence; `named`: what a finding is called, for titles in another language than the sentence. */
export function summarySentences(
  lag: Lag,
  document: ResultDocument,
  named: (finding: Finding) => string = (finding) => finding.title,
): string[] {
  const sentences: string[] = [];
  for (const direction of lag.directions) {
    const sentence = summarizeDirection(lag, direction);
    if (sentence) sentences.push(sentence);
  }
  if (sentences.length === 0) {
    const seen = lag.directions.reduce((sum, direction) => sum + direction.control.packets, 0) + lag.unassigned.packets;
    sentences.push(
      `No data frames on ${describeMembers(lag.members.map((member) => member.name))}: ${seen === 0 ? 'nothing was captured' : `only ${countNoun(seen, 'control or unassigned frame')}`}.`,
    );
  }
  const changes = summarizeEpochs(lag);
  if (changes) sentences.push(changes);
  const findings = summarizeFindings(lag, document, named);
  if (findings) sentences.push(findings);
  return sentences;
}

/** "This side", "The other side", "Side a": who sends. */
export function senderName(lag: Lag, id: SideId): string {
  const side = lag.sides.find((candidate) => candidate.id === id);
  if (side?.role === 'local') return 'this side';
  if (side?.role === 'remote') return 'the other side';
  return `side ${id}`;
}

function summarizeDirection(lag: Lag, direction: Direction): string | null {
  if (direction.totals.packets === 0) {
    const others = lag.directions.some((other) => other !== direction && other.totals.packets > 0);
    return others ? `${capitalize(senderName(lag, direction.from))} sends no data.` : null;
  }
  const load = describeLoad(direction);
  const fit = describeFit(direction);
  return `${capitalize(senderName(lag, direction.from))} ${load}; ${fit}.`;
}

function describeLoad(direction: Direction): string {
  const members = [...direction.members].sort((first, second) => second.observed.bytes - first.observed.bytes);
  const busiest = members[0];
  if (!busiest) return 'sends data';
  if (members.length === 1) return `sends everything over ${busiest.name}, the only member`;
  const used = members.filter((member) => member.observed.packets > 0);
  const unused = members.filter((member) => member.observed.packets === 0).map((member) => member.name);
  if (used.length === 1) return `sends everything over ${busiest.name} and nothing over ${joinWords(unused)}`;
  if (unused.length === 0 && busiest.observed.share * members.length <= EVEN_MAX_OVER_MEAN) {
    return `spreads its bytes evenly over ${countNoun(members.length, 'member')} (${formatShare(busiest.observed.share, 0)} at most)`;
  }
  let text = `sends ${formatShare(busiest.observed.share, 0)} of its bytes over ${busiest.name}`;
  if (unused.length > 0) text += ` and nothing over ${joinWords(unused)}`;
  // The balance is that of the longest epoch: with several epochs it does not speak of these shares.
  const pValue = direction.epochs.filter((epoch) => epoch.active.length > 0).length > 1 ? null : direction.balance.pValue;
  if (pValue !== null) text += pValue >= CHANCE_P_VALUE ? ', which chance alone can give' : ', more than chance gives';
  return text;
}

function describeFit(direction: Direction): string {
  const { policy, agreement } = direction;
  if (policy.id === null) return 'its policy is not known';
  const { match, total } = agreement.flows;
  if (total === 0) {
    if (findPolicy(policy.id)?.selector === 'none') return `${policy.id} places nothing by a hash`;
    const reasons = direction.unpredicted.map((entry) => entry.reason);
    return `nothing of it can be predicted from the captures (${reasons.length > 0 ? reasons.join(', ') : policy.id})`;
  }
  const flows =
    match === total
      ? total === 1
        ? 'its one flow'
        : `every one of ${formatCount(total)} flows`
      : `${formatCount(match)} of ${countNoun(total, 'flow')}`;
  const source = policy.source === 'inferred' ? ', inferred from the traffic,' : policy.source === 'default' ? ', the default,' : '';
  return `${policy.id}${source} explains ${flows}`;
}

/** What happened to the members in time, or null where the set of active members never changed. */
export function summarizeEpochs(lag: Lag): string | null {
  const direction = [...lag.directions].sort((first, second) => second.epochs.length - first.epochs.length)[0];
  if (!direction) return null;
  const { epochs } = direction;
  const changes = epochs.map((epoch, i) => (i === 0 ? null : { epoch, before: epochs[i - 1] })).filter((change) => change !== null);
  // Coming up at the start is no change of something that was.
  if (changes[0]?.before.active.length === 0) changes.shift();
  if (changes.length === 0) return null;
  if (changes.length > EPOCH_CHANGES_TOLD) {
    const [first, last] = [changes[0].epoch.fromTime, changes[changes.length - 1].epoch.fromTime];
    return `The active members changed ${formatCount(changes.length)} times between ${clockTime(first, 0)} and ${clockTime(last, 0)} UTC.`;
  }
  return `${changes.map(({ before, epoch }) => `${describeChange(before, epoch)} at ${clockTime(epoch.fromTime)} UTC`).join(', then ')}.`;
}

/** What an epoch changed against the one before it: "enp0s6 was lost". */
export function describeChange(before: Epoch, epoch: Epoch): string {
  const lost = before.active.filter((name) => !epoch.active.includes(name));
  const returned = epoch.active.filter((name) => !before.active.includes(name));
  const parts: string[] = [];
  if (lost.length > 0) parts.push(`${joinWords(lost)} ${lost.length === 1 ? 'was' : 'were'} lost`);
  if (before.active.length === 0 && returned.length > 0)
    parts.push(returned.length === 1 ? `${returned[0]} came up` : 'the members came up');
  else if (returned.length > 0) parts.push(`${joinWords(returned)} ${returned.length === 1 ? 'was' : 'were'} back`);
  if (epoch.policy !== undefined && epoch.policy.id !== before.policy?.id)
    parts.push(`the policy became ${epoch.policy.id ?? 'none that is known'}`);
  if (parts.length === 0) parts.push(epoch.why === 'map-changed' ? 'flows were moved' : 'the order of the members changed');
  return parts.join(' and ');
}

/** The epoch that `balance` and the `predicted` of flows speak of, or null where there are none. */
export function longestEpoch(direction: Direction): Epoch | null {
  let longest: Epoch | null = null;
  for (const epoch of direction.epochs) {
    if (longest === null || secondsBetween(epoch.fromTime, epoch.toTime) > secondsBetween(longest.fromTime, longest.toTime))
      longest = epoch;
  }
  return longest;
}

export type MemberState = 'active' | 'lost' | 'silent' | 'no-capture';

/**
 * State of a member at the end of the capture, as the epochs and counts of the document tell it; the words for people are
 * `memberStateWord`. `lost`: not among the active members of the last epoch of either direction.
 */
export function memberState(lag: Lag, name: string): MemberState {
  const member = lag.members.find((candidate) => candidate.name === name);
  if (!member || member.sources.length === 0) return 'no-capture';
  const withEpochs = lag.directions.filter((direction) => direction.epochs.length > 0);
  if (withEpochs.length > 0 && !withEpochs.some((direction) => direction.epochs[direction.epochs.length - 1].active.includes(name)))
    return 'lost';
  const packets = lag.directions.reduce(
    (sum, direction) => sum + (direction.members.find((load) => load.name === name)?.observed.packets ?? 0),
    0,
  );
  return packets === 0 ? 'silent' : 'active';
}

const STATE_WORDS: Record<MemberState, string> = {
  active: 'active',
  lost: 'not active at the end',
  silent: 'no data',
  'no-capture': 'no capture',
};

export function memberStateWord(state: MemberState): string {
  return STATE_WORDS[state];
}

/** What a side is called beside its members: its label, else its role. */
export function sideTitle(side: Side): string {
  return side.label || (side.role === 'local' ? 'this side' : side.role === 'remote' ? 'the other side' : `side ${side.id}`);
}

function summarizeFindings(lag: Lag, document: ResultDocument, named: (finding: Finding) => string): string | null {
  const own = document.findings.filter((finding) => finding.lag === null || finding.lag === lag.id);
  const errors = own.filter((finding) => finding.severity === 'error');
  const worst = errors[0] ?? own.find((finding) => finding.severity === 'warn');
  if (!worst) return null;
  const warnings = own.length - errors.length - own.filter((finding) => finding.severity === 'info').length;
  const counts = [errors.length > 0 ? countNoun(errors.length, 'error') : '', warnings > 0 ? countNoun(warnings, 'warning') : ''].filter(
    Boolean,
  );
  return `${counts.join(' and ')} found: ${named(worst)}${errors.length + warnings > 1 ? ', and more' : ''}.`;
}

function describeMembers(names: readonly string[]): string {
  return names.length === 0 ? 'any member' : joinWords(names);
}

function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

/** Only for words of our own: names of members stay as they are. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
