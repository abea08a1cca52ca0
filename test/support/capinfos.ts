import { execFileSync, spawnSync } from 'node:child_process';

export const hasCapinfos = spawnSync('capinfos', ['--version'], { stdio: 'ignore' }).status === 0;

/** Records of each capture as capinfos counts them. */
export function capinfosPackets(paths: readonly string[]): number[] {
  const text = execFileSync('capinfos', ['-TMrc', ...paths], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const counted = text
    .trimEnd()
    .split('\n')
    .map((line) => Number(line.slice(line.lastIndexOf('\t') + 1)));
  if (counted.length !== paths.length) throw new Error(`capinfos answered ${counted.length} of ${paths.length}`);
  return counted;
}
