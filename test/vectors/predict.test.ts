import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { predictLine } from '../../src/plan/predict.ts';

interface VectorLine {
  readonly policy: string;
  readonly variant?: string;
  readonly note: string;
  readonly expect: Record<string, unknown>;
}

const text = readFileSync(new URL('./predict.jsonl', import.meta.url), 'utf8');
const lines = text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as VectorLine);
const groups = new Map<string, VectorLine[]>();
for (const line of lines) {
  const name = `${line.policy} ${line.variant ?? ''}`;
  groups.set(name, [...(groups.get(name) ?? []), line]);
}

describe('predict.jsonl', () => {
  it('holds all vectors', () => expect(lines).toHaveLength(452));
  for (const [name, group] of groups) {
    it(`${name}: ${group.length} lines`, () => {
      for (const line of group) {
        const result = predictLine(line, {}, true);
        expect(result.ok ? result.value : result.issue, line.note).toMatchObject(line.expect);
        if (!result.ok || result.value.hash === null || result.value.steps === undefined) continue;
        const hashStep = result.value.steps.find((step) => step.label === 'hash');
        expect(hashStep?.value, `${line.note}: the steps end at the hash`).toBe(result.value.hash);
      }
    });
  }
});
