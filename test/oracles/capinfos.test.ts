import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readCapture } from '../support/capture-rows.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../../shared');
const FOLDERS = [join(ROOT, 'corpus'), join(ROOT, 'captures')].filter((folder) => existsSync(folder));

function hasCapinfos(): boolean {
  try {
    execFileSync('capinfos', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && /\.(pcap|pcapng|ntar|dmp|cap|trace)(\.gz|\.zst)?$/.test(path))
    .sort();
}

interface Answer {
  readonly packets: number;
  readonly bytes: number;
}

/** What capinfos says of all files that it reads without an error: packets and their sum of original lengths. */
async function askCapinfos(paths: readonly string[]): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  for (let at = 0; at < paths.length; at += 200) {
    const part = paths.slice(at, at + 200);
    // With -T one line per readable file; unreadable and cut ones end with an error message, and are left out below.
    const { stdout, stderr } = await run('capinfos', ['-T', '-M', '-r', '-B', '-c', '-d', ...part], { maxBuffer: 1 << 26 }).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    for (const line of stdout.split('\n')) {
      const [path, packets, bytes] = line.split('\t');
      if (packets !== undefined && /^\d+$/.test(packets)) answers.set(path, { packets: Number(packets), bytes: Number(bytes) });
    }
    for (const path of part) if (stderr.includes(`"${path}"`)) answers.delete(path);
  }
  return answers;
}

const ready = hasCapinfos() && FOLDERS.length > 0;
describe.skipIf(!ready)('capinfos agrees (skipped where capinfos or ../shared is absent)', () => {
  for (const folder of FOLDERS) {
    it(`on packets and bytes of all captures it can read in ${folder.slice(ROOT.length + 1)}`, { timeout: 120_000 }, async () => {
      const paths = listFiles(folder);
      const answers = await askCapinfos(paths);
      expect(answers.size).toBeGreaterThan(paths.length / 2);
      const differences: string[] = [];
      for (const [path, answer] of answers) {
        const { info, issues } = readCapture(readFileSync(path));
        // Wireshark takes pseudo-headers of some other link types (SunATM) off the lengths.
        const bytesComparable = info.sources.every((source) => source.supported);
        if (info.packets !== answer.packets || (bytesComparable && info.bytes !== answer.bytes)) {
          differences.push(`${path}: ${info.packets}/${info.bytes}, capinfos ${answer.packets}/${answer.bytes} ${JSON.stringify(issues)}`);
        }
      }
      expect(differences).toEqual([]);
    });
  }
});
