import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One run of a whole process. */
export interface Measurement {
  readonly wallSeconds: number;
  /** User and system time together. */
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly exitCode: number;
}

const GNU_TIME = '/usr/bin/time';

export function hasCommand(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v "$1"`, 'sh', name], { stdio: 'ignore' }).status === 0;
}

/** Runs a command, its standard output in `stdout` (a path), and measures the whole process with its children. */
export async function measure(command: readonly string[], stdout = '/dev/null'): Promise<Measurement> {
  const out = openSync(stdout, 'w');
  try {
    return existsSync(GNU_TIME) ? await measureWithTime(command, out) : await measureByPolling(command, out);
  } finally {
    closeSync(out);
  }
}

/** GNU time: the kernel's own account (getrusage of the children). */
async function measureWithTime(command: readonly string[], out: number): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'lacpviz-bench-'));
  const report = join(folder, 'time');
  const started = process.hrtime.bigint();
  const exitCode = await runToEnd(spawn(GNU_TIME, ['-f', '%U %S %M', '-o', report, ...command], { stdio: ['ignore', out, 'ignore'] }));
  const wallSeconds = Number(process.hrtime.bigint() - started) / 1e9;
  // A line about a non-zero exit status may stand before the figures.
  const [user, system, kilobytes] = (readFileSync(report, 'utf8').trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  rmSync(folder, { recursive: true });
  return { wallSeconds, cpuSeconds: user + system, peakBytes: kilobytes * 1024, exitCode };
}

/** Without GNU time: /proc of the process, looked at every few milliseconds. Misses what happens after the last look. */
async function measureByPolling(command: readonly string[], out: number): Promise<Measurement> {
  const started = process.hrtime.bigint();
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', out, 'ignore'] });
  let peakBytes = Number.NaN;
  let cpuSeconds = Number.NaN;
  const look = (): void => {
    try {
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
      if (peak) peakBytes = Number(peak[1]) * 1024;
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // proc(5): utime and stime are fields 14 and 15, in clock ticks of 10 ms.
      cpuSeconds = (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      // Gone already, or no /proc: the figures stay as they are.
    }
  };
  const timer = setInterval(look, 5);
  const exitCode = await runToEnd(child);
  clearInterval(timer);
  return { wallSeconds: Number(process.hrtime.bigint() - started) / 1e9, cpuSeconds, peakBytes, exitCode };
}

function runToEnd(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** The run with the median wall time. */
export function medianRun(runs: readonly Measurement[]): Measurement {
  return [...runs].sort((a, b) => a.wallSeconds - b.wallSeconds)[Math.floor((runs.length - 1) / 2)];
}
