import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { bundledSamples } from './scripts/vite-bundled-samples.ts';

/** Kinds of tests, as docs/design.md names them. Groups run one after the other: what is fast and says most comes first. */
const plugins = [bundledSamples()];
const slow = ['test/conformance/**', 'test/property/**', 'test/oracles/**', 'test/e2e/**'];

/**
 * Tests of one process share its modules, and what V8 compiled of them: a process for each file spent more on starting than most
 * files on testing. No test replaces modules, environment or clock.
 */
const oneProcess = { isolate: false } as const;

export default defineConfig({
  plugins,
  test: {
    reporters: ['default'],
    // Two at least: on two cores the default is one, which takes twice the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        plugins,
        test: {
          name: 'unit',
          ...oneProcess,
          include: ['test/**/*.test.ts'],
          exclude: slow,
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins,
        test: {
          name: 'conformance',
          ...oneProcess,
          include: ['test/conformance/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins,
        test: {
          name: 'property',
          ...oneProcess,
          include: ['test/property/**/*.test.ts'],
          testTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        plugins,
        test: {
          name: 'oracles',
          ...oneProcess,
          include: ['test/oracles/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        plugins,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A page under test shares its machine with the browser, a worker per capture and the command line beside it.
          expect: { poll: { timeout: 15_000 } },
          fileParallelism: false,
          globalSetup: ['test/e2e/build-once.ts'],
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
