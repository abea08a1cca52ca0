/** Forecasts from one half of a real capture, held against the seconds of the other half. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENOUGH_WINDOWS } from '../../src/plan/forecast.ts';
import { scoreForecasts } from '../support/forecast-score.ts';
import type { ForecastScore } from '../support/forecast-score.ts';
import { LINUX_RUNS } from '../support/linux-runs.ts';

const RUN = join(LINUX_RUNS, 'k6.1-load-layer23-n2');
if (!existsSync(RUN)) console.log(`skipped: the captures of real kernels are not here (${RUN})`);

const sumOf = (scores: readonly ForecastScore[], key: keyof ForecastScore): number => scores.reduce((sum, of) => sum + of[key], 0);

describe.skipIf(!existsSync(RUN))('a forecast', () => {
  it('from enough seconds has the busiest link where it says in nine of ten seconds', async () => {
    const files = readdirSync(RUN).filter((name) => name.endsWith('.pcap'));
    const scores = (await scoreForecasts(files.map((name) => join(RUN, name)))).filter(({ known }) => known >= ENOUGH_WINDOWS);
    expect(sumOf(scores, 'windows')).toBeGreaterThan(100);
    expect(sumOf(scores, 'inside') / sumOf(scores, 'windows')).toBeGreaterThanOrEqual(0.9);
  });
});
