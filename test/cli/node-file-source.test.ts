import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openFileSource } from '../../src/cli/node-file-source.ts';
import type { ByteSource } from '../../src/pipeline/byte-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'lacpviz-source-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function readAll(source: ByteSource): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of source.chunks()) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}

describe('file source', () => {
  const big = Buffer.from(Uint8Array.from({ length: 400_000 }, (_, i) => (i * 7) & 0xff));

  it('gives the same bytes with and without asynchrony, as often as asked', async () => {
    const path = join(folder, 'big');
    writeFileSync(path, big);
    const { source } = openFileSource(path);
    expect(source?.size).toBe(big.length);
    expect(big.equals(await readAll(source!))).toBe(true);
    const parts: Buffer[] = [];
    for (const chunk of source!.chunksSync!()) parts.push(Buffer.from(chunk));
    expect(big.equals(Buffer.concat(parts))).toBe(true);
    expect(big.equals(await readAll(source!))).toBe(true);
  });

  it('says why a path cannot be read', () => {
    writeFileSync(join(folder, 'empty'), '');
    mkdirSync(join(folder, 'dir'));
    const codeOf = (path: string): string | undefined => openFileSource(path).failure?.code;
    expect(codeOf(join(folder, 'none'))).toBe('missing');
    expect(codeOf(join(folder, 'empty', 'below'))).toBe('missing');
    expect(codeOf(join(folder, 'dir'))).toBe('directory');
    expect(codeOf(join(folder, 'empty'))).toBe('empty');
  });

  it.skipIf(process.getuid?.() === 0)('names a file without permission', () => {
    const path = join(folder, 'locked');
    writeFileSync(path, 'x');
    chmodSync(path, 0);
    expect(openFileSource(path).failure?.code).toBe('unreadable');
  });

  it.skipIf(process.platform !== 'linux')('reads files of /proc, whose size says 0', async () => {
    const { source } = openFileSource('/proc/self/status');
    expect(source?.size).toBeUndefined();
    expect((await readAll(source!)).toString()).toContain('Pid:');
  });

  it.skipIf(process.platform !== 'linux')('waits for the writer of a FIFO and reads to its end', async () => {
    const path = join(folder, 'fifo');
    execFileSync('mkfifo', [path]);
    const { source } = openFileSource(path);
    expect(source?.size).toBeUndefined();
    const reading = readAll(source!);
    const writer = spawn('sh', ['-c', 'sleep 0.1; head -c 300000 /dev/zero > "$0"', path], { stdio: 'ignore' });
    expect((await reading).length).toBe(300_000);
    writer.kill();
  });
});
