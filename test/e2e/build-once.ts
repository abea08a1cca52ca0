/**
 * Builds the page and the command line for all end-to-end tests, once per run and from the sources as they are: a stale
 * build in dist/ would test yesterday's page. `npm test` has just built them.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import cliConfig from '../../vite.cli.config.ts';
import { FRESH_BUILD } from '../support/fresh-build.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(REPOSITORY, `node_modules/.cache/lacpviz-e2e-${process.pid}`);

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the built page. */
    pageFolder: string;
    /** The page of one file, where the built command line looks for it. */
    offlinePage: string;
    /** The built command line. */
    cliEntry: string;
  }
}

export async function setup(project: TestProject): Promise<void> {
  if (FRESH_BUILD === null) await buildAll();
  const built = FRESH_BUILD ?? folder;
  project.provide('pageFolder', join(built, 'web'));
  project.provide('offlinePage', join(built, 'offline/lacpviz.html'));
  project.provide('cliEntry', join(built, 'cli/lacpviz.js'));
}

async function buildAll(): Promise<void> {
  for (const [config, outDir] of [
    ['vite.config.ts', 'web'],
    ['vite.offline.config.ts', 'offline'],
  ])
    await build({
      root: REPOSITORY,
      configFile: join(REPOSITORY, config),
      logLevel: 'error',
      build: { outDir: join(folder, outDir), emptyOutDir: true },
    });
  await build({
    ...cliConfig,
    root: REPOSITORY,
    configFile: false,
    logLevel: 'error',
    build: { ...cliConfig.build, outDir: join(folder, 'cli'), emptyOutDir: true },
  });
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
