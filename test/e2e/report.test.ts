/** The page of one file and the report made of it, opened from a folder. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ResultDocument } from '../../src/report/document.ts';
import { formatCount } from '../../src/report/quantity.ts';
import { expectOverview, sampleFiles } from './expect-overview.ts';
import { launchBrowser, openFile, runFlowsJson, saveFrom, textOf } from './page-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'lacpviz-report-'));
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function writeReport(name: string, args: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await promisify(execFile)(process.execPath, [inject('cliEntry'), 'report', '-o', path, ...args], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  return path;
}

describe('the page of one file', () => {
  it('opens from a folder, with its samples and captures of the reader’s', async () => {
    const { page, troubles } = await openFile(browser, inject('offlinePage'));
    await page.getByTestId('sample-healthy-layer34').click();
    await expectOverview(page, await runFlowsJson(sampleFiles('healthy-layer34')));
    // It saves itself with the analysis in it, and the analysis alone.
    const { page: saved, troubles: savedTroubles } = await openFile(
      browser,
      await saveFrom(page, 'save-report', join(folder, 'report.html')),
    );
    await expectOverview(saved, await runFlowsJson(sampleFiles('healthy-layer34')));
    expect(savedTroubles).toEqual([]);
    await saved.close();
    const document = JSON.parse(
      readFileSync(await saveFrom(page, 'save-document', join(folder, 'document.json')), 'utf8'),
    ) as ResultDocument;
    const { lags } = await runFlowsJson(sampleFiles('healthy-layer34'));
    expect(document.lags[0].flows).toEqual(lags[0].flows);
    expect(document.lags[0].directions.map((direction) => direction.agreement)).toEqual(
      lags[0].directions.map((direction) => direction.agreement),
    );
    await page.getByRole('button', { name: 'lacpviz' }).click();
    const files = sampleFiles('no-partner');
    await page.getByTestId('file-input').setInputFiles(files);
    await expectOverview(page, await runFlowsJson(files));
    expect(troubles).toEqual([]);
    await page.close();
  });
});

describe('a report', () => {
  it('holds the analysis of the command line, and answers as the page does', async () => {
    const files = sampleFiles('link-lost-and-back');
    const path = await writeReport('lag.html', ['--where', 'side=a,verdict=match', ...files]);
    const document = await runFlowsJson(files);
    const { page, troubles } = await openFile(browser, path);
    await expectOverview(page, document);
    await page.getByTestId('tab-flows').click();
    const own = (document.lags[0].flows ?? []).filter((flow) => flow.from === 'a' && flow.verdict === 'match');
    await expect.poll(() => textOf(page, 'flow-total')).toContain(`${formatCount(own.length)} flow`);
    await page.getByTestId('flow-row').first().click();
    await page.getByTestId('hash-steps').waitFor();
    await page.getByTestId('tab-time').click();
    await page.getByTestId('heat-members').waitFor();
    await page.getByTestId('tab-lacp').click();
    await page.getByTestId('lacp-lanes').waitFor();
    // Asked anew, as with other settings, it answers from what was recorded.
    await page.getByTestId('tab-overview').click();
    await page.getByTestId('settings-button').click();
    await page.getByTestId('policy-A').selectOption('layer3+4');
    await page.getByTestId('apply-settings').click();
    await expect.poll(() => textOf(page, 'policy-a')).toContain('layer3+4 ·');
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('keeps what options say, and a view that is sent along', async () => {
    const files = sampleFiles('healthy-layer34');
    const options = ['--policy-a', 'layer2', '--members-a', 'enp0s4,enp0s5,enp0s6', '--from', '2026-11-21T03:02:12Z'];
    const path = await writeReport('options.html', [...options, ...files]);
    const { page, troubles } = await openFile(browser, path, 'view=overview');
    await page.getByTestId('sentence').waitFor();
    expect(troubles).toEqual([]);
    await page.close();
    const { page: plain } = await openFile(browser, path);
    await expectOverview(plain, await runFlowsJson([...options, ...files]));
    expect(await textOf(plain, 'policy-a')).toContain('layer2 ·');
    await plain.close();
  });

  it('holds no frame of data, and says when it is damaged', async () => {
    const path = await writeReport('plain.html', sampleFiles('healthy-layer34'));
    const html = readFileSync(path, 'utf8');
    expect(html.length).toBeLessThan(2.5e6);
    writeFileSync(path, html.replace(/(id="lacpviz-report">.{400})/s, '$1AAAA'));
    const { page } = await openFile(browser, path);
    await expect.poll(() => page.locator('body').innerText()).toContain('the report is damaged');
    await page.close();
  });
});
