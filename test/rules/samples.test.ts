import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../samples/', import.meta.url));
const cases = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe('samples', () => {
  it('stay below 10 MB together', () => {
    const files = readdirSync(folder, { recursive: true }) as string[];
    const bytes = files.map((file) => statSync(join(folder, file))).reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
    expect(bytes).toBeLessThan(10_000_000);
  });

  it.each(cases.map((entry) => entry.name))('%s: describes itself and names files that exist', (name) => {
    const description = JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8')) as Record<string, unknown>;
    expect(description).toMatchObject({ title: expect.any(String), shows: expect.stringMatching(/\.$/), bundled: expect.any(Boolean) });
    const files = readdirSync(join(folder, name));
    const named = description.files as string[];
    expect(named).toEqual([...(description.captures as string[]), ...(description.state as string[])]);
    for (const file of named) expect(files).toContain(file);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(`\`${name}\``);
  });
});
