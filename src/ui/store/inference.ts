/** Which policy each direction follows, read off the wire; asked for when a view shows it. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DirectionInference } from '../../report/infer-document.ts';
import type { InferProgress } from '../../pipeline/steps.ts';
import { analysisService, generation, lag } from './analysis-store.ts';

/** Beyond this many flows the ranking takes seconds in the worker: then it is made when somebody asks for it. */
const AT_ONCE_FLOWS = 100_000;

const PAUSE_MS = 300;

const answers = signal<{ readonly key: string; readonly directions: readonly DirectionInference[] } | null>(null);
const askedFor = signal('');

/** How far the ranking is; null before its first step. */
const progress = signal<InferProgress | null>(null);
const cancelled = signal('');

export type InferenceState =
  | { readonly kind: 'waiting'; readonly progress: InferProgress | null; readonly cancel: () => void }
  | { readonly kind: 'offered'; readonly ask: () => void }
  | { readonly kind: 'ready'; readonly directions: readonly DirectionInference[] };

export function useInference(): InferenceState {
  const current = lag.value;
  const key = `${generation.value} ${current?.id ?? ''}`;
  const flows = current?.directions.reduce((sum, direction) => sum + direction.totals.flows, 0) ?? 0;
  const wanted = (flows <= AT_ONCE_FLOWS || askedFor.value === key) && cancelled.value !== key;
  useEffect(() => {
    if (!wanted || !current || answers.peek()?.key === key) return undefined;
    let waiting = true;
    let asked = false;
    progress.value = null;
    // Whoever goes straight on to another view shall not wait for the ranking there.
    const timer = setTimeout(() => {
      void analysisService()
        .infer(current.id, (step) => {
          if (waiting) progress.value = step;
        })
        .then((directions) => {
          if (!waiting) return;
          // Something else in the worker stopped it: it can be asked for again.
          if (directions === null) cancelled.value = key;
          else answers.value = { key, directions };
        });
      asked = true;
    }, PAUSE_MS);
    return () => {
      waiting = false;
      clearTimeout(timer);
      if (asked && answers.peek()?.key !== key) analysisService().cancelInfer();
    };
  }, [key, wanted]);
  if (answers.value?.key === key) return { kind: 'ready', directions: answers.value.directions };
  if (wanted) return { kind: 'waiting', progress: progress.value, cancel: () => (cancelled.value = key) };
  const ask = (): void => {
    cancelled.value = '';
    askedFor.value = key;
  };
  return { kind: 'offered', ask };
}
