/**
 * Builds the page and the command line for all end-to-end tests, once per run and from the sources as they are: a stale
 * build in dist/ would test yesterday's page.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import cliConfig from '../../vite.cli.config.ts';

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
  const pageFolder = join(folder, 'page');
  const cliFolder = join(folder, 'cli');
  await build({
    root: REPOSITORY,
    configFile: join(REPOSITORY, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: pageFolder, emptyOutDir: true },
  });
  await build({
    root: REPOSITORY,
    configFile: join(REPOSITORY, 'vite.offline.config.ts'),
    logLevel: 'error',
    build: { outDir: join(folder, 'offline'), emptyOutDir: true },
  });
  await build({
    ...cliConfig,
    root: REPOSITORY,
    configFile: false,
    logLevel: 'error',
    build: { ...cliConfig.build, outDir: cliFolder, emptyOutDir: true },
  });
  project.provide('pageFolder', pageFolder);
  project.provide('offlinePage', join(folder, 'offline/lacpviz.html'));
  project.provide('cliEntry', join(cliFolder, 'lacpviz.js'));
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
