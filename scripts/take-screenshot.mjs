/**
 * Makes docs/images/overview.png from the built page with a bundled sample: `npm run build && node scripts/take-screenshot.mjs
 * [SAMPLE] [FILE]`. The README shows it.
 */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, normalize } from 'node:path';
import { mkdirSync } from 'node:fs';
import { REPOSITORY, ensureBrowser, ensureDependencies } from './setup.mjs';

const TYPES = /** @type {Record<string, string>} */ ({ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' });
const [sample = 'link-lost-and-back', file = 'docs/images/overview.png'] = process.argv.slice(2);

ensureDependencies();
const browserFound = await ensureBrowser();
if ('reason' in browserFound) throw new Error(browserFound.reason);

const root = join(REPOSITORY, 'dist/web');
const server = createServer((request, response) => {
  const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname).replace(/^[/\\]+/, '') || 'index.html';
  readFile(join(root, path)).then(
    (bytes) => response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(bytes),
    () => response.writeHead(404).end(),
  );
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('no port');

const { chromium } = await import('playwright-core');
const browser = await chromium.launch({
  executablePath: browserFound.path,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  await page.goto(`http://127.0.0.1:${address.port}/`);
  await page.getByTestId(`sample-${sample}`).click();
  await page.getByTestId('lag-drawing').first().waitFor({ timeout: 30_000 });
  await page.waitForTimeout(500);
  mkdirSync(dirname(join(REPOSITORY, file)), { recursive: true });
  await page.screenshot({ path: join(REPOSITORY, file) });
  console.log(file);
} finally {
  await browser.close();
  server.close();
}
