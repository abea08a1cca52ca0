/** Sharing: an analysis given away from either kind of page, and opened again. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ResultDocument } from '../../src/report/document.ts';
import { sampleFiles } from './expect-overview.ts';
import { openFile, openPage, openPageSite, runFlowsJson, saveFrom, textOf, type PageSite } from './page-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'lacpviz-share-'));
let site: PageSite;
beforeAll(async () => {
  site = await openPageSite();
}, 120_000);
afterAll(async () => {
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a shared analysis', () => {
  it('is the same page with all addresses replaced: no file, name or address of the captures is in it', async () => {
    const { page } = await openFile(site.browser, inject('offlinePage'));
    await page.getByTestId('sample-healthy-layer34').click();
    await page.getByTestId('sentence').waitFor();
    const path = await saveFrom(page, 'save-shared', join(folder, 'shared.html'));
    const told = await page.getByTestId('panel-inputs').getByRole('status').filter({ hasText: 'Saved' }).innerText();
    const changed = Number(/of ([\d,]+) flow/.exec(told)?.[1].replaceAll(',', '') ?? 0);
    const { page: shared, troubles } = await openFile(site.browser, path);
    await shared.getByTestId('sentence').waitFor();
    const text = readFileSync(await saveFrom(shared, 'save-document', join(folder, 'shared.json')), 'utf8');
    expect(troubles).toEqual([]);
    await Promise.all([page.close(), shared.close()]);

    const before = (await runFlowsJson(sampleFiles('healthy-layer34'))).lags[0];
    const after = (JSON.parse(text) as ResultDocument).lags[0];
    expect(after.flows?.length).toBe(before.flows?.length);
    expect(after.flows?.map(({ observed }) => observed)).toEqual(before.flows?.map(({ observed }) => observed));
    expect(after.directions.map(({ totals }) => totals)).toEqual(before.directions.map(({ totals }) => totals));
    const others = after.flows?.filter(({ from, verdict }, i) => before.flows?.[i].from !== from || before.flows[i].verdict !== verdict);
    expect(others?.length).toBeLessThanOrEqual(changed);
    const own = stationAddresses(before);
    expect(own.length).toBeGreaterThan(5);
    expect(own.filter((address) => text.includes(`"${address}"`))).toEqual([]);
    expect(text).not.toContain('host-enp0s4.pcap');
    // Nor in what the page holds unseen.
    const content = gunzipSync(Buffer.from(/id="lacpviz-report">([^<]*)</.exec(readFileSync(path, 'utf8'))?.[1] ?? '', 'base64'));
    expect(content.length).toBeGreaterThan(10_000);
    for (const mac of own.filter((address) => /^(..:){5}..$/.test(address)))
      expect(content.includes(Buffer.from(mac.replaceAll(':', ''), 'hex')), mac).toBe(false);
    expect(content.includes('host-enp0s4')).toBe(false);
  });

  it('shares the analysis as a file that a page of its kind opens', async () => {
    const { page, troubles } = await openPage(site, 'sample=healthy-layer34');
    await page.getByTestId('sentence').waitFor();
    const requestsAtLoad = site.requests.length;
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('save-shared').click()]);
    expect(download.suggestedFilename()).toMatch(/\.lacpviz$/);
    expect(site.requests.slice(requestsAtLoad)).toEqual([]);
    const buffer = readFileSync(await download.path());
    const told = (await textOf(page, 'sentence')).split('\n', 1)[0];
    await page.getByRole('button', { name: 'lacpviz' }).click();
    await page.getByTestId('file-input').setInputFiles({ name: 'given.lacpviz', mimeType: '', buffer });
    await page.getByTestId('sentence').waitFor();
    // What is up and which member it is stays, what files were called does not.
    expect(told).toContain('LACP');
    await expect.poll(() => textOf(page, 'sentence')).toContain(told);
    expect(await textOf(page, 'panel-inputs')).not.toContain('host-enp0s4');
    expect(troubles).toEqual([]);
    await page.close();
  });
});

/** Addresses of single stations in the flows: those of groups, and of nobody, are common knowledge and stay. */
function stationAddresses(lag: ResultDocument['lags'][number]): string[] {
  const all = (lag.flows ?? []).flatMap(({ src, dst, srcMac, dstMac }) => [src, dst, srcMac, dstMac]);
  return [...new Set(all)].filter(
    (address): address is string => typeof address === 'string' && !/^(2[2-5]\d\.|ff|.[13579bdf]:|::$|0\.0\.0\.0)/.test(address),
  );
}
