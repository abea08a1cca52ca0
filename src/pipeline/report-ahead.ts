import type { ScanObserver } from './capture-scan.ts';

/**
 * An observer in another thread, told of progress without waiting for its answer: that thread may be deep in a scan of its
 * own, and would hold this one up at each report. `nextTurn` lets answers come in; one that asks to stop counts from then on.
 */
export function reportAhead(observe: ScanObserver, nextTurn: () => Promise<unknown>): ScanObserver {
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
  };
  return async (bytesRead, packets) => {
    // An observer that is gone asks for nothing any more.
    Promise.resolve(observe(bytesRead, packets)).then((isOver) => isOver && stop(), stop);
    await nextTurn();
    return isStopped;
  };
}
