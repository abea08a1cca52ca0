/** `lacpviz serve` opens the page with the files loaded and the options set. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCount } from '../../src/report/quantity.ts';
import { launchBrowser, REPOSITORY, runFlowsJson } from './page-support.ts';

const CLI = join(REPOSITORY, 'dist/cli/lacpviz.js');
const built = existsSync(CLI) && existsSync(join(REPOSITORY, 'dist/web/index.html'));
if (!built) console.log('skipped: lacpviz serve needs the build (npm run build)');

describe.skipIf(!built)('lacpviz serve', () => {
  const files = ['host-enp0s4.pcap', 'host-enp0s5.pcap', 'host-enp0s6.pcap', 'host-bond0-after.txt'].map((name) =>
    join(REPOSITORY, 'samples/healthy-layer34', name),
  );
  let browser: Browser;
  let server: ChildProcess;
  let url: string;
  beforeAll(async () => {
    browser = await launchBrowser();
    server = spawn(process.execPath, [CLI, 'serve', '--policy-b', 'layer2+3', ...files], { stdio: ['ignore', 'pipe', 'inherit'] });
    url = await new Promise<string>((resolve, reject) => {
      server.stdout?.once('data', (line: Buffer) => resolve(line.toString().trim()));
      server.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
    });
  });
  afterAll(async () => {
    server?.kill('SIGINT');
    await browser?.close();
  });

  it('shows the numbers of the command line, and asks its own origin only', async () => {
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    await page.getByTestId('sentence').waitFor();
    const document = await runFlowsJson(['--policy-b', 'layer2+3', ...files]);
    for (const { from, agreement } of document.lags[0].directions) {
      expect(await page.getByTestId(`agreement-packets-${from}`).innerText()).toBe(
        `${formatCount(agreement.packets.match)} of ${formatCount(agreement.packets.total)}`,
      );
    }
    expect(await page.getByTestId('policy-b').innerText()).toContain('layer2+3');
    expect(await page.getByTestId('policy-b').innerText()).toContain('as set');
    // The policy lets workers compile the loops over frames; they would only be slower without.
    expect(page.workers().length).toBeGreaterThan(0);
    for (const worker of page.workers()) {
      expect(
        await worker.evaluate(() => new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)) instanceof WebAssembly.Module),
      ).toBe(true);
    }
    const origin = new URL(url).origin;
    expect(
      asked.filter((address) => !address.startsWith(`${origin}/`) && !address.startsWith('data:') && !address.startsWith('blob:')),
    ).toEqual([]);
    await page.close();
  });
});
