/** What the user says of the LAG, from the fragment into the options of the analysis: the words of the command line. */
import { DEFAULT_ANALYSIS_OPTIONS, type AnalysisOptions, type SenderOptions, type TimeOption } from '../../pipeline/analysis-options.ts';
import { LANGUAGES, type Language } from '../../diagnose/languages.ts';
import { parseLearnedModel, type LearnedModel } from '../../hash/learned-model.ts';
import { LEARNED_POLICY_ID } from '../../hash/learned-policy.ts';
import { splitIsoTime } from '../../report/iso-time.ts';
import { computed, signal } from '@preact/signals';
import { fragment } from './fragment.ts';

/** A learned switch that stands for a sender, from a file: too large for the fragment, so it lasts as long as the page. */
export interface LoadedModel {
  readonly name: string;
  readonly model: LearnedModel;
}

export const loadedModels = { a: signal<LoadedModel | null>(null), b: signal<LoadedModel | null>(null) };

/** What a report was written with, per sender: holds where the settings say the same, also what they have no field for. */
export const givenSenders = signal<{ readonly a: SenderOptions; readonly b: SenderOptions } | null>(null);

/** Reads a model file; the reason where it is none. */
export async function loadModel(side: 'a' | 'b', file: File): Promise<string | null> {
  const model = parseLearnedModel(await file.text());
  if (!model.ok) return `${file.name}: ${model.issue.reason}`;
  loadedModels[side].value = { name: file.name, model: model.value };
  return null;
}

export function readOptions(): AnalysisOptions {
  const from = parseTime(fragment.from.peek());
  const to = parseTime(fragment.to.peek());
  const local = words(fragment.local.peek()).map((mac) => mac.toLowerCase().replaceAll('-', ':'));
  return {
    ...DEFAULT_ANALYSIS_OPTIONS,
    sides: {
      a: readSender('a', fragment.policyA.peek(), fragment.kernelA.peek(), fragment.membersA.peek()),
      b: readSender('b', fragment.policyB.peek(), fragment.kernelB.peek(), fragment.membersB.peek()),
    },
    local,
    language: findingsLanguage.peek(),
    oneLag: fragment.oneLag.peek() !== '',
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}

/** The language that findings are told in. */
export const findingsLanguage = computed(() => languageOfBrowser(fragment.lang.value));

/** The language asked for, else the first of the browser's that findings are told in. */
function languageOfBrowser(asked: string): Language {
  for (const wanted of [asked, ...navigator.languages]) {
    const name = wanted.toLowerCase();
    if (name === 'en' || name.startsWith('en-')) return 'en';
    // Simplified Chinese is another script: English rather than the wrong one.
    const known = LANGUAGES.find((language) => {
      const id = language.toLowerCase();
      return name === id || name.startsWith(`${id}-`) || (id === 'zh-hant' && /^zh-(tw|hk|mo)\b/.test(name));
    });
    if (known !== undefined) return known;
  }
  return 'en';
}

function readSender(side: 'a' | 'b', policy: string, kernel: string, members: string): SenderOptions {
  const loaded = loadedModels[side].peek();
  if (loaded) return { policy: LEARNED_POLICY_ID, model: loaded.model, ...(words(members).length > 0 ? { members: words(members) } : {}) };
  const given = givenSenders.peek()?.[side];
  const isGiven =
    given !== undefined &&
    policy === (given.policy ?? '') &&
    kernel === (given.variant?.startsWith('linux-') ? given.variant : (given.kernel ?? ''));
  return {
    ...(isGiven ? { ...given, members: undefined } : {}),
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
  if (loadedModels.a.value || loadedModels.b.value) return true;
  return [policyA, policyB, kernelA, kernelB, membersA, membersB, local, from, to, oneLag].some((value) => value.value !== '');
}
