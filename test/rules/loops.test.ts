import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generatedLoops, GENERATED_LOOPS } from '../../scripts/loops/generated-loops.ts';

it('holds the loops as their sources are now (else: npm run build:loops)', () => {
  expect(readFileSync(GENERATED_LOOPS, 'utf8') === generatedLoops()).toBe(true);
});
