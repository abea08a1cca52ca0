/** The overview of a page holds the command line's numbers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Direction, ResultDocument } from '../../src/report/document.ts';
import { formatBytes, formatCount, formatShare } from '../../src/report/quantity.ts';
import { REPOSITORY, textOf } from './page-support.ts';

const SAMPLES = join(REPOSITORY, 'samples');

interface SampleCase {
  readonly files: readonly string[];
  readonly local: readonly string[];
}

export function sampleFiles(id: string): string[] {
  const { files } = JSON.parse(readFileSync(join(SAMPLES, id, 'case.json'), 'utf8')) as SampleCase;
  return files.map((name) => join(SAMPLES, id, name));
}

/** Every number of a direction that the overview shows. */
async function expectDirection(page: Page, direction: Direction): Promise<void> {
  const { from, agreement } = direction;
  const figure = await textOf(page, `agreement-${from}`);
  if (agreement.packets.total === 0) expect(figure).toContain('nothing to compare');
  else {
    expect(figure).toContain(`${formatCount(agreement.flows.match)} of ${formatCount(agreement.flows.total)}`);
    expect(await textOf(page, `agreement-packets-${from}`)).toBe(
      `${formatCount(agreement.packets.match)} of ${formatCount(agreement.packets.total)}`,
    );
  }
  const panel = page.getByTestId(`direction-${from}`);
  await panel.getByRole('button', { name: 'Show as table' }).click();
  const rows = await panel.locator('tbody tr').all();
  const cells = await Promise.all(rows.map((row) => row.locator('td').allInnerTexts()));
  expect(cells).toEqual(
    direction.members.map(({ name, observed, predicted }) => [
      name,
      ...[observed, predicted].flatMap((load) => [
        formatCount(load.flows),
        formatCount(load.packets),
        formatBytes(load.bytes),
        formatShare(load.share),
      ]),
    ]),
  );
  await panel.getByRole('button', { name: 'Show as chart' }).click();
}

export async function expectOverview(page: Page, document: ResultDocument): Promise<void> {
  await page.getByTestId('view-overview').waitFor();
  await page.getByTestId('sentence').waitFor();
  for (const direction of document.lags[0].directions) await expectDirection(page, direction);
}
