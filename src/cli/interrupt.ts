import { EXIT_INTERRUPTED } from './exit-codes.ts';

const cleanups = new Set<() => void>();

/** Ctrl-C, and a request to end (exit code 128 + signal, as shells count): at once, leaving no half-written file. */
export function onInterrupt(): void {
  const end = (code: number) => (): void => {
    runCleanups();
    process.exit(code);
  };
  process.on('SIGINT', end(EXIT_INTERRUPTED));
  process.on('SIGTERM', end(143));
  process.on('SIGHUP', end(129));
}

/** Registers what must happen when the run is cut short; the result takes it back. */
export function addCleanup(cleanup: () => void): () => void {
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup);
}

export function runCleanups(): void {
  for (const cleanup of cleanups) {
    try {
      cleanup();
    } catch {
      // The next one still runs.
    }
  }
  cleanups.clear();
}
