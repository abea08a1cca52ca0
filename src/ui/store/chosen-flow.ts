/** The flow that is chosen (by its id in the fragment), with what the worker knows of it. */
import { effect, signal } from '@preact/signals';
import type { Flow } from '../../report/document.ts';
import type { FlowExplanation } from '../../pipeline/flows-analysis.ts';
import { analysisService, generation, lag } from './analysis-store.ts';
import { fragment } from './fragment.ts';

export interface ChosenFlow {
  readonly flow: Flow;
  readonly reverse: Flow | null;
  readonly explanation: FlowExplanation | null;
}

export type ChosenState = { readonly kind: 'none' | 'loading' | 'missing' } | ({ readonly kind: 'ready' } & ChosenFlow);

export const chosen = signal<ChosenState>({ kind: 'none' });

export function connectChosenFlow(): () => void {
  let request = 0;
  return effect(() => {
    const flowId = fragment.flow.value;
    const lagId = lag.value?.id;
    void generation.value;
    const mine = ++request;
    if (!flowId || !lagId) {
      chosen.value = { kind: 'none' };
      return;
    }
    const before = chosen.peek();
    if (before.kind !== 'ready' || before.flow.id !== flowId) chosen.value = { kind: 'loading' };
    void load(lagId, flowId).then((state) => {
      if (mine === request) chosen.value = state;
    });
  });
}

async function load(lagId: string, flowId: string): Promise<ChosenState> {
  const service = analysisService();
  const flow = await service.flow(lagId, flowId);
  if (!flow) return { kind: 'missing' };
  const [reverse, explanation] = await Promise.all([
    flow.reverse ? service.flow(lagId, flow.reverse) : null,
    service.explain(lagId, flowId),
  ]);
  return { kind: 'ready', flow, reverse, explanation };
}
