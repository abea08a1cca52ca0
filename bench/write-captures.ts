import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SEED, type BenchCase } from './cases.ts';
import { generateTraffic, type TrafficTruth } from './traffic.ts';

/** Files of a case, and what is known of them. */
export interface WrittenCase {
  readonly paths: readonly string[];
  readonly truth: TrafficTruth;
}

/** Writes the captures of a case, or finds them written before with the same parameters. */
export function writeCase(folder: string, bench: BenchCase, targetBytes: number, seed = SEED): WrittenCase {
  const name = `${bench.name}-${Math.round(targetBytes / 1e6)}mb`;
  const paths = Array.from({ length: bench.members }, (_, i) =>
    join(folder, bench.members === 1 ? `${name}.pcap` : `${name}-eth${i}.pcap`),
  );
  const truthPath = join(folder, `${name}.truth.json`);
  const key = JSON.stringify({ ...bench, targetBytes, seed, generator: 2 });
  if (existsSync(truthPath) && paths.every((path) => existsSync(path))) {
    const stored = JSON.parse(readFileSync(truthPath, 'utf8')) as { key: string; truth: TrafficTruth };
    const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
    if (stored.key === key && bytes === stored.truth.fileBytes) return { paths, truth: stored.truth };
  }
  mkdirSync(folder, { recursive: true });
  const files = paths.map((path) => openSync(path, 'w'));
  const truth = generateTraffic(
    { seed, flows: bench.flows, members: bench.members, targetBytes, snapLength: bench.snapLength },
    (member, piece) => {
      for (let done = 0; done < piece.length;) done += writeSync(files[member], piece, done);
    },
  );
  for (const file of files) closeSync(file);
  writeFileSync(truthPath, `${JSON.stringify({ key, truth })}\n`);
  return { paths, truth };
}
