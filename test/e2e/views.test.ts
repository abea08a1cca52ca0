/** The flows' map and columns, the heat maps, and a range of time that every view follows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flow, ResultDocument } from '../../src/report/document.ts';
import { formatCount } from '../../src/report/quantity.ts';
import { sampleFiles } from './expect-overview.ts';
import { openPage, openPageSite, runFlowsJson, textOf, type PageSite } from './page-support.ts';

let site: PageSite;
let healthy: ResultDocument;
beforeAll(async () => {
  site = await openPageSite();
  healthy = await runFlowsJson(sampleFiles('healthy-layer34'));
}, 120_000);
afterAll(async () => site?.close());

const flowsOf = (document: ResultDocument): readonly Flow[] => document.lags[0].flows ?? [];

describe('the list of flows', () => {
  it('shows the columns one chooses, sorts by them, and keeps them in the address', async () => {
    const { page, troubles } = await openPage(site, 'sample=healthy-layer34&view=flows');
    await page.getByTestId('flow-row').first().waitFor();
    await page.getByTestId('columns').click();
    await page.getByTestId('column-hash').check();
    await page.getByTestId('column-vlan').uncheck();
    const titles = (): Promise<string[]> => page.getByTestId('flow-table').getByRole('columnheader').allInnerTexts();
    expect(await titles()).toContain('Hash');
    expect(await titles()).not.toContain('VLAN');
    expect(page.url()).toMatch(/cols=[^&]*hash/);
    await page.getByTestId('sort-predicted').click();
    await expect.poll(() => page.getByRole('columnheader', { name: 'Predicted' }).getAttribute('aria-sort')).toBe('ascending');
    await page.reload();
    await page.getByTestId('flow-row').first().waitFor();
    expect(await titles()).toContain('Hash');
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('says of each flow where its way back went', async () => {
    const { page } = await openPage(site, 'sample=healthy-layer34&view=flows&where=verdict=match,side=a&sort=id');
    const matching = flowsOf(healthy).filter((flow) => flow.verdict === 'match' && flow.from === 'a' && flow.reverse !== null);
    const back = (flow: Flow): string => flowsOf(healthy).find(({ id }) => id === flow.reverse)?.observed ?? '–';
    const rows = page.getByTestId('flow-row');
    await rows.first().waitFor();
    const place = (await page.getByTestId('flow-table').getByRole('columnheader').allInnerTexts()).indexOf('Way back');
    for (const i of [0, 1, 2]) {
      const cell = page.locator(`.flow-row[data-flow=${matching[i].id}]`).getByRole('gridcell').nth(place);
      await expect.poll(() => cell.innerText()).toContain(back(matching[i]));
    }
    await page.close();
  });

  it('maps flows to buckets and members, and answers a choice both ways', async () => {
    const files = sampleFiles('ovs-rebalancing');
    const document = await runFlowsJson(files);
    const { page, troubles } = await openPage(site, 'view=flows');
    await page.getByTestId('file-input').setInputFiles(files);
    const map = page.getByTestId('flow-map');
    await map.waitFor();
    const largest = flowsOf(document)
      .filter((flow) => flow.from === 'a' && flow.bucket !== undefined)
      .reduce((best, flow) => (flow.bytes > best.bytes ? flow : best));
    const ofBucket = flowsOf(document).filter((flow) => flow.from === 'a' && flow.bucket === largest.bucket);
    await map.locator(`[data-bucket="${largest.bucket}"]`).first().click();
    expect(page.url()).toContain(`bucket=${largest.bucket}`);
    await expect.poll(() => textOf(page, 'flow-total')).toMatch(new RegExp(`^${formatCount(ofBucket.length)} flows? of this filter`));
    await map.locator(`[data-flow=${largest.id}]`).click();
    await expect.poll(() => textOf(page, 'flow-panel')).toContain(`Flow ${largest.id}`);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByTestId('same-bucket').click();
    await expect.poll(() => textOf(page, 'flow-total')).toMatch(new RegExp(`^${formatCount(ofBucket.length)} flows? of this filter`));
    await page.getByTestId('map-hide').click();
    expect(await map.count()).toBe(0);
    await page.getByTestId('map-show').click();
    await map.waitFor();
    expect(troubles).toEqual([]);
    await page.close();
  });
});

describe('a range of time', () => {
  it('is followed by flows and overview, and given up again', async () => {
    const { page, troubles } = await openPage(site, 'sample=healthy-layer34&view=time');
    await page.getByTestId('heat-members').waitFor();
    await page.getByTestId('heat-flows').waitFor();
    await page.getByTestId('load-a').focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('+');
    await expect.poll(() => page.url()).toContain('range=');
    const [from, to] = (/range=([\d.e+-]+),([\d.e+-]+)/.exec(page.url()) ?? []).slice(1).map(Number);
    await page.getByTestId('tab-flows').click();
    await page.getByTestId('span-bar').waitFor();
    const first = healthy.inputs.map((input) => input.firstTime ?? '9').reduce((least, time) => (time < least ? time : least));
    const seconds = (time: string): number => (Date.parse(time) - Date.parse(first)) / 1000;
    // Slices are a few milliseconds wide: flows at the very edges may be on either side.
    const inside = (slack: number): number =>
      flowsOf(healthy).filter((flow) => seconds(flow.firstTime) >= from + slack && seconds(flow.lastTime) < to - slack).length;
    const touching = flowsOf(healthy).filter((flow) => seconds(flow.lastTime) >= from - 0.1 && seconds(flow.firstTime) < to + 0.1).length;
    await expect.poll(async () => Number((await textOf(page, 'flow-total')).replace(/\D/g, ''))).toBeLessThan(flowsOf(healthy).length);
    const shown = Number((await textOf(page, 'flow-total')).replace(/\D/g, ''));
    expect(shown).toBeGreaterThanOrEqual(inside(0.1));
    expect(shown).toBeLessThanOrEqual(touching);
    await page.getByTestId('tab-overview').click();
    const whole = formatCount(healthy.lags[0].directions[0].agreement.flows.total);
    await expect.poll(() => textOf(page, 'agreement-a')).not.toContain(whole);
    await page.getByTestId('span-all').click();
    await expect.poll(() => textOf(page, 'agreement-a')).toContain(whole);
    expect(page.url()).not.toContain('range=');
    expect(troubles).toEqual([]);
    await page.close();
  });
});
