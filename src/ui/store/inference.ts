/** Which policy each direction follows, read off the wire; asked for when a view shows it. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DirectionInference } from '../../report/infer-document.ts';
import { analysisService, generation, lag } from './analysis-store.ts';

/** Beyond this many flows the ranking takes seconds in the worker: then it is made when somebody asks for it. */
const AT_ONCE_FLOWS = 100_000;

const PAUSE_MS = 300;

const answers = signal<{ readonly key: string; readonly directions: readonly DirectionInference[] } | null>(null);
const askedFor = signal('');

export type InferenceState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'offered'; readonly ask: () => void }
  | { readonly kind: 'ready'; readonly directions: readonly DirectionInference[] };

export function useInference(): InferenceState {
  const current = lag.value;
  const key = `${generation.value} ${current?.id ?? ''}`;
  const flows = current?.directions.reduce((sum, direction) => sum + direction.totals.flows, 0) ?? 0;
  const wanted = flows <= AT_ONCE_FLOWS || askedFor.value === key;
  useEffect(() => {
    if (!wanted || !current || answers.peek()?.key === key) return undefined;
    let waiting = true;
    // Whoever goes straight on to another view shall not wait for the ranking there.
    const timer = setTimeout(() => {
      void analysisService()
        .infer(current.id)
        .then((directions) => {
          if (waiting) answers.value = { key, directions };
        });
    }, PAUSE_MS);
    return () => {
      waiting = false;
      clearTimeout(timer);
    };
  }, [key, wanted]);
  if (answers.value?.key === key) return { kind: 'ready', directions: answers.value.directions };
  return wanted ? { kind: 'waiting' } : { kind: 'offered', ask: () => (askedFor.value = key) };
}
