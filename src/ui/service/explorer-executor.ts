/** The worker of the Hash view. Created once, when the page starts. */
import { wrap } from 'comlink';
import type { Result } from '../../base/result.ts';
import type { Exploration } from '../../plan/explore.ts';
import type { PredictOptions } from '../../plan/predict.ts';
import { startExplorerWorker } from './start-workers.ts';

export interface ExplorerService {
  explore(text: string, choices: readonly PredictOptions[]): Promise<Result<Exploration>>;
  /** Resolves once the worker runs. */
  ready(): Promise<boolean>;
}

export function connectExplorer(onCrash: (message: string) => void): ExplorerService {
  const worker = startExplorerWorker();
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    onCrash(event.message || 'a worker of the page could not be started');
  });
  const remote = wrap<{ explore(text: string, choices: readonly PredictOptions[]): Result<Exploration>; ready(): boolean }>(worker);
  return { explore: (text, choices) => remote.explore(text, choices), ready: () => remote.ready() };
}
