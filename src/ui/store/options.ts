/** What the user says of the LAG, from the fragment into the options of the analysis: the words of the command line. */
import { DEFAULT_ANALYSIS_OPTIONS, type AnalysisOptions, type SenderOptions, type TimeOption } from '../../pipeline/analysis-options.ts';
import { splitIsoTime } from '../../report/iso-time.ts';
import { fragment } from './fragment.ts';

export function readOptions(): AnalysisOptions {
  const from = parseTime(fragment.from.peek());
  const to = parseTime(fragment.to.peek());
  const local = words(fragment.local.peek()).map((mac) => mac.toLowerCase().replaceAll('-', ':'));
  return {
    ...DEFAULT_ANALYSIS_OPTIONS,
    sides: {
      a: readSender(fragment.policyA.peek(), fragment.kernelA.peek(), fragment.membersA.peek()),
      b: readSender(fragment.policyB.peek(), fragment.kernelB.peek(), fragment.membersB.peek()),
    },
    local,
    oneLag: fragment.oneLag.peek() !== '',
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}

function readSender(policy: string, kernel: string, members: string): SenderOptions {
  return {
    ...(policy ? { policy } : {}),
    ...(kernel ? { kernel } : {}),
    ...(words(members).length > 0 ? { members: words(members) } : {}),
  };
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

function parseTime(text: string): TimeOption | null {
  const time = splitIsoTime(text);
  return time ? { kind: 'absolute', ...time } : null;
}

/** True where the user said anything: shown on the button, so that nobody wonders at the outcome. */
export function hasOptions(): boolean {
  const { policyA, policyB, kernelA, kernelB, membersA, membersB, local, from, to, oneLag } = fragment;
  return [policyA, policyB, kernelA, kernelB, membersA, membersB, local, from, to, oneLag].some((value) => value.value !== '');
}
