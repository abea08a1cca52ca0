/** Work in turns of the event loop, one piece a turn: much of it together never blocks the page for long. */
import { useEffect, useState } from 'preact/hooks';

const waiting: (() => void)[] = [];
let isScheduled = false;

function schedule(): void {
  if (isScheduled || waiting.length === 0) return;
  isScheduled = true;
  setTimeout(() => {
    isScheduled = false;
    waiting.shift()?.();
    schedule();
  }, 0);
}

/** Does the work in a turn of its own, after what waits already; the answer takes it back. */
function inTurn(work: () => void): () => void {
  waiting.push(work);
  schedule();
  return () => {
    const place = waiting.indexOf(work);
    if (place >= 0) waiting.splice(place, 1);
  };
}

/** A value that takes long to work out: null at first; while a new one is worked out the one before stays. */
export function useInTurn<T>(compute: () => T, inputs: readonly unknown[]): T | null {
  const [value, setValue] = useState<T | null>(null);
  useEffect(() => inTurn(() => setValue(compute())), inputs);
  return value;
}

/** False in the first turns: what is not at the top of a view need not be drawn with it. */
export function useLater(): boolean {
  const [isTime, setIsTime] = useState(false);
  useEffect(() => inTurn(() => setIsTime(true)), []);
  return isTime;
}
