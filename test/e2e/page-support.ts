/** The built page on a tiny static server below a sub-path, a browser, and the command line beside it. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { inject } from 'vitest';
import type { Prediction } from '../../src/plan/predict.ts';
import type { ResultDocument } from '../../src/report/document.ts';

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const SUB_PATH = '/some/where/';
const CONTENT_TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const BROWSER_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface PageSite {
  readonly url: string;
  readonly browser: Browser;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Serves the page of this run (`build-once.ts`). */
export async function openPageSite(): Promise<PageSite> {
  const folder = inject('pageFolder');
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0];
    requests.push(path);
    const file = join(folder, path === SUB_PATH ? 'index.html' : path.slice(SUB_PATH.length));
    if (!path.startsWith(SUB_PATH) || path.includes('..') || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': CONTENT_TYPES[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await launchBrowser();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${SUB_PATH}`,
    browser,
    requests,
    async close() {
      await browser.close();
      await closeServer(server);
    },
  };
}

export function launchBrowser(): Promise<Browser> {
  const executablePath =
    process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
  return chromium.launch({ ...(executablePath ? { executablePath } : {}), args: BROWSER_FLAGS });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** What the command line says of the same files: the page must show these numbers. */
export function runFlowsJson(args: readonly string[]): Promise<ResultDocument> {
  return runJson('flows', args);
}

export async function runJson(command: string, args: readonly string[]): Promise<ResultDocument> {
  const { stdout } = await promisify(execFile)(process.execPath, [inject('cliEntry'), command, '--json', ...args], {
    maxBuffer: 1 << 30,
    // The page asks its browser for the language, the command line its environment.
    env: { ...process.env, LC_ALL: 'C' },
  }).catch((error: { stdout?: string; code?: number; stderr?: string }) => {
    // 1: check found something; 3: an input could not be read, the rest is printed.
    if ((String(error.code) === '1' || String(error.code) === '3') && error.stdout) return { stdout: error.stdout };
    throw new Error(`lacpviz ${command} ended with ${error.code}: ${error.stderr}`);
  });
  return JSON.parse(stdout) as ResultDocument;
}

/** What the command line predicts for one packet, worked out step by step. */
export async function runPredictJson(packet: string, args: readonly string[]): Promise<Prediction> {
  const { stdout } = await promisify(execFile)(process.execPath, [inject('cliEntry'), 'predict', '--json', '--explain', packet, ...args]);
  return JSON.parse(stdout) as Prediction;
}

/** What `lacpviz plan` says of the same files. */
export async function runPlanJson(args: readonly string[]): Promise<ResultDocument> {
  const { stdout } = await promisify(execFile)(process.execPath, [inject('cliEntry'), 'plan', '--json', ...args], { maxBuffer: 1 << 30 });
  return JSON.parse(stdout) as ResultDocument;
}

/** A page whose console and errors are kept: both must stay empty. */
export async function openPage(
  site: PageSite,
  fragment = '',
  size = { width: 1440, height: 900 },
): Promise<{ page: Page; troubles: string[] }> {
  const page = await site.browser.newPage({ viewport: size });
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
  });
  await page.goto(fragment === '' ? site.url : `${site.url}#${fragment}`);
  await page.getByTestId('ready').waitFor({ state: 'attached' });
  return { page, troubles };
}

/** Opens a file; everything but the file itself and the page's own blobs counts as trouble. */
export async function openFile(browser: Browser, path: string, fragment = ''): Promise<{ page: Page; troubles: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const troubles: string[] = [];
  const url = pathToFileURL(path).href;
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  page.on('request', (request) => {
    if (request.url().split('#', 1)[0] !== url && !request.url().startsWith('blob:') && !request.url().startsWith('data:'))
      troubles.push(request.url());
  });
  await page.goto(fragment === '' ? url : `${url}#${fragment}`);
  await page.getByTestId('ready').waitFor({ state: 'attached' });
  return { page, troubles };
}

/** Clicks what saves a file, and keeps that at `path`. */
export async function saveFrom(page: Page, testId: string, path: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId(testId).click()]);
  await download.saveAs(path);
  return path;
}

export function textOf(page: Page, testId: string): Promise<string> {
  return page.getByTestId(testId).innerText();
}
