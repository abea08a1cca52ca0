/** The built page in Chromium: real captures in, the command line's numbers out, and no request after load. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultDocument } from '../../src/report/document.ts';
import { formatCount } from '../../src/report/quantity.ts';
import { expectOverview, sampleFiles } from './expect-overview.ts';
import { openPage, openPageSite, runFlowsJson, textOf, type PageSite } from './page-support.ts';

let site: PageSite;
beforeAll(async () => {
  site = await openPageSite();
}, 120_000);
afterAll(async () => site?.close());

describe('real captures on the page', () => {
  it.each(['healthy-layer34', 'link-lost-and-back', 'no-partner', 'tunnels-encap23', 'vlan-srcmac'])(
    '%s: the numbers are the command line’s',
    async (id) => {
      const files = sampleFiles(id);
      const { page, troubles } = await openPage(site);
      const requestsAtLoad = site.requests.length;
      await page.getByTestId('file-input').setInputFiles(files);
      const document = await runFlowsJson(files);
      await expectOverview(page, document);

      const flows = document.lags[0].flows ?? [];
      await page.getByTestId('tab-flows').click();
      await expect.poll(() => textOf(page, 'flow-total')).toContain(`${formatCount(flows.length)} flow`);
      await page.getByTestId('filter').fill('verdict=match,side=a');
      const matching = flows.filter((flow) => flow.verdict === 'match' && flow.from === 'a');
      await expect.poll(() => textOf(page, 'flow-total')).toMatch(new RegExp(`^${formatCount(matching.length)} flow`));

      await page.getByTestId('tab-time').click();
      await page.getByTestId('load-a').waitFor();
      expect(site.requests.slice(requestsAtLoad)).toEqual([]);
      expect(troubles).toEqual([]);
      await page.close();
    },
  );

  it('works a hash out step by step, with the hash and member of the command line', async () => {
    const files = sampleFiles('healthy-layer34');
    const document = await runFlowsJson(files);
    const flow = (document.lags[0].flows ?? []).find(
      (candidate) => candidate.verdict === 'match' && candidate.protocol === 'tcp' && candidate.from === 'a',
    );
    expect(flow).toBeDefined();
    if (!flow?.predicted) return;
    const { page, troubles } = await openPage(site, `view=flows&flow=${flow.id}`);
    await page.getByTestId('file-input').setInputFiles(files);
    expect(await textOf(page, 'panel-verdict')).toContain('match');
    expect(await textOf(page, 'hash-steps')).toContain(flow.predicted.hash);
    expect(await textOf(page, 'flow-panel')).toContain('✓ as observed');
    expect(await textOf(page, 'flow-panel')).toContain(flow.srcMac);
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('reads gzip, and more files that join the analysis later, dropped and pasted', async () => {
    const files = sampleFiles('healthy-layer34');
    const captures = files.filter((file) => file.endsWith('.pcap'));
    const stateText = files.find((file) => file.endsWith('.txt')) as string;
    const { page, troubles } = await openPage(site);
    await page
      .getByTestId('file-input')
      .setInputFiles(
        captures
          .slice(0, 2)
          .map((file) => ({ name: `${basename(file)}.gz`, mimeType: 'application/gzip', buffer: gzipSync(readFileSync(file)) })),
      );
    await page.getByTestId('sentence').waitFor();
    // The third one is dropped on the view that is open.
    const base64 = readFileSync(captures[2]).toString('base64');
    await page.evaluate(`(async () => {
      const bytes = Uint8Array.from(atob(${JSON.stringify(base64)}), (char) => char.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], ${JSON.stringify(basename(captures[2]))}));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    })()`);
    await expect.poll(() => textOf(page, 'files-button')).toContain('3');
    await page.getByTestId('files-button').click();
    await page.getByTestId('paste').fill(readFileSync(stateText, 'utf8'));
    await page.getByRole('button', { name: 'Add this text' }).click();
    await expect.poll(() => textOf(page, 'policy-a')).toContain('from the state text');
    await page.getByTestId('files-button').click();
    await expectOverview(page, await runFlowsJson(files));
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('names what cannot be read, with the reason, and goes on with the rest', async () => {
    const files = sampleFiles('healthy-layer34');
    const { page } = await openPage(site);
    await page.getByTestId('file-input').setInputFiles([
      ...files.map((file) => ({ name: basename(file), mimeType: '', buffer: readFileSync(file) })),
      { name: 'empty.pcap', mimeType: '', buffer: Buffer.alloc(0) },
      {
        name: '<img src=x onerror=alert(1)>.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('<script>alert(1)</script> not a state text\n'),
      },
    ]);
    await page.getByTestId('sentence').waitFor();
    const inputs = await textOf(page, 'panel-inputs');
    expect(inputs).toContain('empty.pcap');
    expect(inputs).toContain('<img src=x onerror=alert(1)>.txt');
    expect(inputs.match(/✗/g)).toHaveLength(2);
    expect(await page.locator('main img, main script').count()).toBe(0);
    await page.close();
  });
});

describe('the page', () => {
  it('opens a bundled sample in one click and asks for nothing after load', async () => {
    const { page, troubles } = await openPage(site);
    const requestsAtLoad = site.requests.length;
    await page.getByTestId('sample-link-lost-and-back').click();
    await expectOverview(page, await runFlowsJson(sampleFiles('link-lost-and-back')));
    expect(await page.getByTestId('panel-epochs').count()).toBe(1);
    expect(site.requests.slice(requestsAtLoad)).toEqual([]);
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('takes policies and orders from its settings, as the command line does from options', async () => {
    const { page } = await openPage(site, 'sample=healthy-layer34');
    await page.getByTestId('sentence').waitFor();
    await page.keyboard.press('s');
    await page.getByTestId('policy-A').selectOption('layer2');
    await page.getByTestId('members-A').fill('enp0s4,enp0s5,enp0s6');
    await page.getByTestId('apply-settings').click();
    await expect.poll(() => textOf(page, 'policy-a')).toContain('layer2 ·');
    const document = await runFlowsJson(['--policy-a', 'layer2', '--members-a', 'enp0s4,enp0s5,enp0s6', ...sampleFiles('healthy-layer34')]);
    await page.keyboard.press('s');
    await expectOverview(page, document);
    await page.close();
  });

  it('is worked by keys, and the fragment brings a view back', async () => {
    const { page } = await openPage(site, 'sample=healthy-layer34');
    await page.getByTestId('sentence').waitFor();
    await page.keyboard.press('?');
    await page.getByTestId('keys').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByTestId('keys').count()).toBe(0);
    await page.keyboard.press('/');
    await page.getByTestId('filter').fill('proto=tcp');
    await page.keyboard.press('Escape');
    await page.locator('[data-flow]').first().waitFor();
    await page.getByTestId('flow-table').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByTestId('hash-steps').waitFor();
    await page.keyboard.press('m');
    await page.keyboard.press('3');
    await page.getByTestId('load-a').waitFor();
    const whole = await textOf(page, 'time-range');
    await page.getByTestId('load-a').focus();
    await page.keyboard.press('+');
    await expect.poll(() => textOf(page, 'time-range')).not.toBe(whole);
    await page.keyboard.press('0');
    await expect.poll(() => textOf(page, 'time-range')).toBe(whole);
    const title = await page.getByTestId('flow-panel').locator('h2').innerText();
    await page.reload();
    await page.getByTestId('load-a').waitFor();
    expect(await page.getByTestId('flow-panel').locator('h2').innerText()).toBe(title);
    await page.keyboard.press('2');
    expect(await page.getByTestId('filter').inputValue()).toBe('proto=tcp');
    await page.close();
  });

  it.each([390, 1440])('fits %i pixels: the body never scrolls sideways', async (width) => {
    const { page } = await openPage(site, '', { width, height: 844 });
    const overflow = (): Promise<number> => page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(await overflow()).toBe(0);
    await page.getByTestId('sample-healthy-layer34').click();
    await page.getByTestId('sentence').waitFor();
    for (const key of ['1', '2', '3', 's', '?']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(100);
      expect(await overflow(), `after key ${key}`).toBe(0);
    }
    await page.close();
  });

  it('stops a long scan at once and goes back to what was open', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lacpviz-e2e-'));
    const [capture] = sampleFiles('healthy-layer34');
    const bytes = readFileSync(capture);
    const long = join(folder, 'long.pcap');
    writeFileSync(long, bytes);
    for (let size = bytes.length; size < 400e6; size += 64 * (bytes.length - 24))
      appendFileSync(long, Buffer.concat(Array(64).fill(bytes.subarray(24))));
    const { page, troubles } = await openPage(site);
    await page.getByTestId('file-input').setInputFiles(long);
    await expect.poll(() => textOf(page, 'scan')).toMatch(/[1-9][\d.]* MB of 4\d\d MB/);
    await page.getByTestId('cancel').click();
    await page.getByTestId('view-start').waitFor({ timeout: 2000 });
    expect(await page.getByTestId('scan').count()).toBe(0);
    await page.getByTestId('sample-healthy-layer34').click();
    await page.getByTestId('sentence').waitFor();
    expect(await textOf(page, 'files-button')).toBe('4 files');
    expect(troubles).toEqual([]);
    await page.close();
    rmSync(folder, { recursive: true });
  });

  it('saves the flows of the filter as CSV and JSON, and charts as SVG and PNG, without a request', async () => {
    const files = sampleFiles('healthy-layer34');
    const { page, troubles } = await openPage(site, 'sample=healthy-layer34&view=flows&where=side=a,proto=tcp');
    const requestsAtLoad = site.requests.length;
    const save = async (testId: string): Promise<Buffer> => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId(testId).first().click()]);
      return readFileSync(await download.path());
    };
    await page.getByTestId('save-json').waitFor();
    const document = await runFlowsJson(['--where', 'side=a,proto=tcp', '--sort', '-bytes', ...files]);
    const { flows } = JSON.parse((await save('save-json')).toString()) as ResultDocument['lags'][number];
    expect(flows).toEqual(document.lags[0].flows);
    const [head, first] = (await save('save-csv')).toString().split('\r\n');
    expect(head).toMatch(/^lag,id,from,to,/);
    expect(first).toContain(document.lags[0].flows?.[0].srcMac);
    await page.keyboard.press('1');
    await page.getByTestId('lag-drawing').waitFor();
    const svg = (await save('save-svg')).toString();
    expect(svg).toContain('<svg');
    expect(svg).toContain('enp0s4');
    expect(svg).not.toContain('var(');
    expect((await save('save-png')).subarray(1, 4).toString()).toBe('PNG');
    expect(site.requests.slice(requestsAtLoad)).toEqual([]);
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('sorts and filters in the list and marks a member everywhere', async () => {
    const { page } = await openPage(site, 'sample=healthy-layer34&view=flows');
    const rows = page.getByTestId('flow-row');
    await rows.first().waitFor();
    const document = await runFlowsJson([...sampleFiles('healthy-layer34'), '--sort', 'srcPort']);
    await page.getByTestId('sort-src').click();
    await expect.poll(() => page.getByRole('columnheader', { name: 'Source' }).getAttribute('aria-sort')).toBe('ascending');
    expect(document.lags[0].flows?.length).toBeGreaterThan(0);
    await page.keyboard.press('1');
    const member = document.lags[0].members[1].name;
    await page.getByTestId('panel-lag').locator('button.member', { hasText: member }).click();
    expect(await page.getByTestId('panel-lag').locator('.link.chosen').count()).toBe(1);
    expect(await page.locator('.bar-row.chosen').count()).toBe(2);
    expect(page.url()).toContain(`member=${member}`);
    await page.close();
  });
});
