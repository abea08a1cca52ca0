/** LACP and findings on the page: the words and numbers of `lacp` and `check`, and every frame behind them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lag, ResultDocument } from '../../src/report/document.ts';
import type { LagPort } from '../../src/report/lacp-document.ts';
import { clockTime } from '../../src/report/iso-time.ts';
import { formatCount, formatDuration } from '../../src/report/quantity.ts';
import { sampleFiles } from './expect-overview.ts';
import { openPage, openPageSite, runJson, textOf, type PageSite } from './page-support.ts';

const SHARED = fileURLToPath(new URL('../../../shared/', import.meta.url));

let site: PageSite;
beforeAll(async () => {
  site = await openPageSite();
}, 120_000);
afterAll(async () => site?.close());

async function cellsOf(page: Page, testId: string): Promise<string[]> {
  const cells = await page.getByTestId(testId).locator('td').allInnerTexts();
  return cells.map((cell) => cell.replaceAll('\n', ' ').trim());
}

async function expectPort(page: Page, port: LagPort): Promise<void> {
  const cells = await cellsOf(page, `port-${port.member}-${port.side}`);
  const seconds = (value: number | null): string => (value === null ? '–' : formatDuration(value));
  expect(cells[2]).toContain(port.state);
  expect(cells[2].includes('by timer')).toBe(port.stateSource === 'timer');
  expect(cells[3]).toBe(port.since === null ? '–' : clockTime(port.since));
  if (port.actor) expect(cells[4]).toContain(`0x${port.actor.state.toString(16).padStart(2, '0')}`);
  expect(cells.slice(5, 10)).toEqual([
    formatCount(port.pdus),
    seconds(port.interval.expected),
    seconds(port.interval.median),
    seconds(port.interval.max),
    seconds(port.secondsToDistributing),
  ]);
}

async function expectTransitions(page: Page, lag: Lag): Promise<void> {
  const expected = (lag.ports ?? [])
    .flatMap((port) => port.transitions.map((transition) => ({ ...transition, port })))
    .sort((x, y) => (x.time < y.time ? -1 : x.time > y.time ? 1 : 0));
  const more = page.getByTestId('panel-transitions').getByRole('button', { name: /^Show \d/ });
  if ((await more.count()) > 0) await more.click();
  const cells = await page.getByTestId('transition-row').locator('td').allTextContents();
  const columns = 7;
  expect(cells).toHaveLength(expected.length * columns);
  const shown = expected.map((_, row) => cells.slice(row * columns, (row + 1) * columns).map((cell) => cell.trim()));
  expect(shown.map(([time, member, side, event, , frame, why]) => [time, member, side, event.replace('✗ ', ''), frame, why])).toEqual(
    expected.map(({ time, port, event, packet, cause }) => [clockTime(time), port.member, port.side, event, formatCount(packet), cause]),
  );
}

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ['link-lost-and-back', sampleFiles('link-lost-and-back')],
  ['no-partner', sampleFiles('no-partner')],
  ['the public LACP.pcap', [join(SHARED, 'corpus/tcpdump-tests/LACP.pcap')]],
  ['lacpdu-oneway-loss', capturesOf('captures/linux/k6.1-lacpdu-oneway-loss-n2')],
];

function capturesOf(folder: string): string[] {
  const path = join(SHARED, folder);
  if (!existsSync(path)) return [path];
  return readdirSync(path)
    .filter((name) => name.startsWith('host-') && name.endsWith('.pcap'))
    .map((name) => join(path, name));
}

const here = CASES.filter(([, files]) => files.every((file) => existsSync(file)));
if (here.length < CASES.length) console.log(`skipped: ${CASES.length - here.length} cases need the captures in ${SHARED}`);

describe('the view of LACP', () => {
  it.each(here)('%s: ports, transitions and LACPDUs are those of the command line', async (_name, files) => {
    const document = await runJson('lacp', ['--pdus', ...files]);
    const [lag] = document.lags;
    const { page, troubles } = await openPage(site, 'view=lacp');
    const requestsAtLoad = site.requests.length;
    await page.getByTestId('file-input').setInputFiles([...files]);
    await page.getByTestId('port-table').waitFor();
    for (const port of lag.ports ?? []) await expectPort(page, port);
    await expectTransitions(page, lag);
    expect(await textOf(page, 'pdu-total')).toBe(`${formatCount(lag.pdus?.length ?? 0)} LACPDUs`);

    // The last LACPDU by its name in the fragment, then the one before by its key.
    const last = lag.pdus?.at(-1);
    expect(last).toBeDefined();
    if (!last) return;
    await page.getByTestId('pdu-row').first().click();
    await page.getByTestId('pdu-fields').waitFor();
    await page.evaluate(
      `location.hash = ${JSON.stringify(`view=lacp&pdu=${encodeURIComponent(`${last.path.split('/').pop()}:${last.packet}`)}`)}`,
    );
    await expect.poll(() => textOf(page, 'pdu-frame')).toContain(formatCount(last.packet));
    const fields = await textOf(page, 'pdu-fields');
    for (const end of [last.actor, last.partner]) {
      expect(fields).toContain(end.system);
      expect(fields).toContain(`0x${end.state.toString(16).padStart(2, '0')}`);
    }
    expect(await textOf(page, 'pdu-bytes')).toContain('01 80 c2 00 00 02');
    const ofPort = (lag.pdus ?? []).filter(({ member, side }) => member === last.member && side === last.side);
    await page.keyboard.press('p');
    await expect.poll(() => textOf(page, 'pdu-frame')).toContain(` ${formatCount(ofPort.at(-2)?.packet ?? last.packet)}`);
    expect(site.requests.slice(requestsAtLoad)).toEqual([]);
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('zooms by key and choice, and a click in a lane opens its LACPDU', async () => {
    const { page, troubles } = await openPage(site, 'sample=link-lost-and-back&view=lacp');
    const lanes = page.getByTestId('lacp-lanes');
    await lanes.waitFor();
    const whole = await textOf(page, 'lacp-range');
    await lanes.focus();
    await page.keyboard.press('+');
    await expect.poll(() => textOf(page, 'lacp-range')).not.toBe(whole);
    await page.keyboard.press('0');
    await expect.poll(() => textOf(page, 'lacp-range')).toBe(whole);
    const box = await lanes.boundingBox();
    if (box) await page.mouse.click(box.x + box.width / 2, box.y + 60);
    await page.getByTestId('pdu-bytes').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByTestId('pdu-panel').count()).toBe(0);
    expect(troubles).toEqual([]);
    await page.close();
  });
});

/** Findings of the first LAG as the page has to show them. */
async function expectFindings(page: Page, document: ResultDocument): Promise<void> {
  const findings = document.findings.filter(({ lag }) => lag === null || lag === document.lags[0].id);
  await page.getByTestId('panel-findings').waitFor();
  expect(await page.getByTestId('finding-title').allTextContents()).toEqual(findings.map(({ title }) => title));
  expect(await page.getByTestId('finding-detail').allTextContents()).toEqual(findings.map(({ detail }) => detail));
}

describe('findings on the page', () => {
  it.each(['no-partner', 'healthy-layer34', 'ovs-rebalancing'])('%s: the text is that of check', async (id) => {
    const files = sampleFiles(id);
    const { page, troubles } = await openPage(site);
    await page.getByTestId('file-input').setInputFiles(files);
    await expectFindings(page, await runJson('check', files));
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('shows the fix in the syntax of choice, keeps the choice, and copies it', async () => {
    const files = sampleFiles('no-partner');
    const document = await runJson('check', ['--for', 'netplan', ...files]);
    const fix = document.findings.find((finding) => finding.fix.length > 0)?.fix[0];
    const { page } = await openPage(site);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByTestId('file-input').setInputFiles(files);
    await page.getByTestId('fix-syntax').selectOption('netplan');
    expect(page.url()).toContain('fix=netplan');
    const shown = page.getByTestId('fix-text').first();
    expect((await shown.textContent())?.trim()).toBe(fix?.text);
    await page.getByTestId('fix-copy').first().click();
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(fix?.text);
    await page.close();
  });

  it('leads from a finding to its LACPDU and to its flows', async () => {
    const files = sampleFiles('no-partner');
    const document = await runJson('check', files);
    const { page } = await openPage(site);
    await page.getByTestId('file-input').setInputFiles(files);
    const evidence = document.findings[0].evidence[0];
    await page.getByTestId('evidence').first().getByRole('button').click();
    expect(await textOf(page, 'pdu-frame')).toContain(formatCount(evidence.packet));
    await page.keyboard.press('1');
    const folded = page
      .getByTestId('finding')
      .filter({ has: page.getByTestId('finding-flows') })
      .first();
    await folded.locator('summary').first().click();
    await folded.getByTestId('finding-flows').click();
    await page.getByTestId('flow-table').waitFor();
    expect(await page.getByTestId('filter').inputValue()).not.toBe('');
    await page.close();
  });
});
