import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import cliConfig from '../../vite.cli.config.ts';
import { FRESH_BUILD } from './fresh-build.ts';

/** The command line built from the sources as they are now: a test never runs a stale build. */
export interface BuiltCli {
  readonly path: string;
  /** Runs to the end. */
  run(args: readonly string[], options?: RunOptions): RunResult;
  start(args: readonly string[], options?: SpawnOptions): ChildProcess;
  remove(): void;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface RunResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function buildCli(): Promise<BuiltCli> {
  return FRESH_BUILD === null ? buildApart() : useBuilt(join(FRESH_BUILD, 'cli'), () => {});
}

/** In a folder of its own. */
async function buildApart(): Promise<BuiltCli> {
  const folder = mkdtempSync(join(tmpdir(), 'lacpviz-cli-'));
  const outDir = join(folder, 'cli');
  // A run to compile it would cost more than it saves here.
  const plugins = cliConfig.plugins?.filter((plugin) => !(plugin && 'name' in plugin && plugin.name === 'code-cache'));
  await build({
    ...cliConfig,
    configFile: false,
    logLevel: 'silent',
    plugins,
    build: { ...cliConfig.build, outDir, reportCompressedSize: false },
  });
  return useBuilt(outDir, () => rmSync(folder, { recursive: true, force: true }));
}

function useBuilt(cliFolder: string, remove: () => void): BuiltCli {
  const path = join(cliFolder, 'lacpviz.js');
  const environment = { ...process.env, NO_COLOR: '1', COLUMNS: '' };
  return {
    path,
    run(args, options = {}) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], {
        input: options.input ?? '',
        cwd: options.cwd,
        env: { ...environment, ...options.env },
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        timeout: 60_000,
      });
      return { status, stdout, stderr };
    },
    start: (args, options = {}) => spawn(process.execPath, [path, ...args], { env: environment, ...options }),
    remove,
  };
}
