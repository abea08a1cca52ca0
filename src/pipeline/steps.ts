import type { SideId } from '../report/document.ts';

/** Step of an inference: the sender that is looked at, and the family of rules that is weighed next; null before and after. */
export interface InferProgress {
  readonly from: SideId;
  readonly source: string | null;
}

/** Work that stops now and then, so that a host can do something else in between; what it yields is news, null is none. */
export type Steps<T> = Generator<InferProgress | null, T>;

/** What a host hears, and what it is asked, between two steps. */
export interface StepHost {
  readonly onStep?: (step: InferProgress) => void;
  readonly isCancelled?: () => boolean | Promise<boolean>;
}

/** Thrown when the host asked to stop. */
export class Cancelled extends Error {
  override name = 'Cancelled';
}

/** A look at what the host wants; throws Cancelled if that is to stop. */
export async function pause(host: StepHost): Promise<void> {
  if ((await host.isCancelled?.()) === true) throw new Cancelled('cancelled');
}

/** A pause costs a browser's worker some milliseconds: between steps without news, one in so many is enough. */
const PAUSE_AFTER_MS = 20;

/** Takes the steps one by one, with pauses between them. */
export async function takeSteps<T>(steps: Steps<T>, host: StepHost): Promise<T> {
  let pausedAt = Date.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (step.value !== null) host.onStep?.(step.value);
    else if (Date.now() - pausedAt < PAUSE_AFTER_MS) continue;
    await pause(host);
    pausedAt = Date.now();
  }
}

/** Steps of a ranking, which names only the families of rules, as steps of a sender's. */
export function* stepsOfSender<T>(from: SideId, ranking: Generator<string | null, T>): Steps<T> {
  for (;;) {
    const step = ranking.next();
    if (step.done === true) return step.value;
    yield { from, source: step.value };
  }
}
