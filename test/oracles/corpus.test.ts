/** Capture files of other projects, many of them malformed: none may crash or hang, and counts equal capinfos'. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ResultDocument } from '../../src/report/document.ts';
import { hasCapinfos } from '../support/capinfos.ts';
import { documentOf, expectEveryFrameCounted } from '../support/linux-runs.ts';

const ROOT = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));
/** Far more than any of these small files needs. */
const HANG_MS = 10_000;

function listFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? listFiles(path) : [path];
  });
}

/** Records of each file as capinfos counts them; files that it does not read to the end without complaint are missing. */
function countByCapinfos(paths: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  // Without -C a bad file does not end the run: one line for each file that could be read, complaints on standard error.
  const { stdout, stderr } = spawnSync('capinfos', ['-TMrc', ...paths], { encoding: 'utf8', maxBuffer: 1 << 26 });
  for (const line of stdout.trimEnd().split('\n')) {
    const tab = line.lastIndexOf('\t');
    counts.set(line.slice(0, tab), Number(line.slice(tab + 1)));
  }
  for (const path of paths) if (stderr.includes(path)) counts.delete(path);
  return counts;
}

const files = existsSync(ROOT) ? listFiles(ROOT) : [];
if (files.length === 0) console.log(`skipped: the corpus is not here (${ROOT})`);

describe.skipIf(files.length === 0)('captures of other projects', () => {
  const documents = new Map<string, ResultDocument>();

  it('are read without a crash, a hang or a frame lost', { timeout: 120_000 }, async () => {
    const slow: string[] = [];
    for (const file of files) {
      const start = performance.now();
      const document = await documentOf([file]);
      if (performance.now() - start > HANG_MS) slow.push(file);
      documents.set(file, document);
      expectEveryFrameCounted(document);
      expect(document.inputs.length + document.errors.length, file).toBeGreaterThan(0);
    }
    expect(slow).toEqual([]);
  });

  it('are all read together too', { timeout: 120_000 }, async () => {
    const document = await documentOf(files);
    expectEveryFrameCounted(document);
    expect(document.inputs.map(({ path, packets }) => [path, packets])).toEqual(
      [...documents.values()].flatMap(({ inputs }) => inputs.map(({ path, packets }) => [path, packets])),
    );
  });

  it.skipIf(!hasCapinfos)(`have the packets that capinfos counts${hasCapinfos ? '' : ' (skipped: capinfos is not installed)'}`, () => {
    const different: string[] = [];
    const counted = countByCapinfos(files);
    for (const [file, packets] of counted) {
      const document = documents.get(file);
      const own = document?.inputs[0]?.packets;
      if (own !== packets) different.push(`${file.slice(ROOT.length)}: ${own} of ${packets} ${JSON.stringify(document?.errors)}`);
    }
    expect(counted.size).toBeGreaterThan(files.length * 0.8);
    expect(different).toEqual([]);
  });
});
