/**
 * What the commands that start from a bare checkout share: the right Node, the packages, a browser.
 * Node's own modules only: this runs before `npm ci`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../', import.meta.url));
const LEAST_NODE = [20, 19];

/** Stops with a clear message on a Node that is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  console.error(`lacpviz needs Node ${LEAST_NODE.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** @param {string} text */
export function say(text) {
  console.log(`\n── ${text}`);
}

/**
 * Runs a command with its output on the terminal.
 * @param {string} command @param {readonly string[]} args @param {Record<string, string>} [env]
 * @returns {number} exit code; 1 also if it could not be started or was ended by a signal
 */
export function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { cwd: REPOSITORY, stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

/** npm, also where only `npm.cmd` exists. @param {readonly string[]} args @returns {number} exit code */
export function npm(args) {
  const cli = process.env.npm_execpath;
  if (cli !== undefined && /npm-cli\.[cm]?js$/.test(cli)) return run(process.execPath, [cli, ...args]);
  if (process.platform !== 'win32') return run('npm', args);
  const { status } = spawnSync(`npm ${args.join(' ')}`, { cwd: REPOSITORY, stdio: 'inherit', shell: true });
  return status ?? 1;
}

/** Runs a package's command with this Node. @param {string} script path below node_modules @param {readonly string[]} args @param {Record<string, string>} [env] */
export function runPackage(script, args, env) {
  return run(process.execPath, [join(REPOSITORY, 'node_modules', script), ...args], env);
}

/** True if node_modules holds what package-lock.json asks for. npm writes down there what it installed. */
export function dependenciesAreCurrent() {
  const installedFile = join(REPOSITORY, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  /** @param {string} path @returns {Record<string, { version: string, optional?: boolean }>} */
  const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
  const wanted = packagesOf(join(REPOSITORY, 'package-lock.json'));
  const installed = packagesOf(installedFile);
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || (installed[path] === undefined ? optional === true : installed[path].version === version),
  );
}

/** Installs the packages where they are missing or stale. */
export function ensureDependencies() {
  if (dependenciesAreCurrent()) return;
  say('Installing the packages (npm ci)');
  if (npm(['ci', '--no-audit', '--no-fund']) !== 0) {
    console.error('npm ci failed: see above. Is the package registry within reach?');
    process.exit(1);
  }
}

/** Starts and answers? Rejects stubs, such as Ubuntu's chromium-browser without its snap. @param {string} path */
function isBrowser(path) {
  if (!existsSync(path)) return false;
  if (process.platform === 'win32') return true;
  const { status, stdout } = spawnSync(path, ['--version', '--no-sandbox'], { encoding: 'utf8', timeout: 20_000 });
  return status === 0 && /chrom/i.test(stdout);
}

function systemBrowser() {
  const candidates = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    join(homedir(), 'Applications/Google Chrome.app/Contents/MacOS/Google Chrome'),
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ];
  return candidates.find((path) => path !== undefined && isBrowser(path));
}

async function playwrightBrowser() {
  const { chromium } = await import(pathToFileURL(join(REPOSITORY, 'node_modules/playwright-core/index.js')).href).then(
    (module) => module.default ?? module,
  );
  /** @type {string} */
  const path = chromium.executablePath();
  return isBrowser(path) ? path : undefined;
}

/**
 * A browser for the end-to-end tests: the system's, else Debian's package when root, else Playwright's own download.
 * @returns {Promise<{ path: string } | { reason: string }>}
 */
export async function ensureBrowser() {
  const found = systemBrowser() ?? (await playwrightBrowser());
  if (found !== undefined) return { path: found };

  const isRoot = process.getuid?.() === 0;
  if (isRoot && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')) {
    say("No browser found: installing Debian's chromium");
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    run('apt-get', ['update', '-q'], env);
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], env);
    const installed = systemBrowser();
    if (installed !== undefined) return { path: installed };
  }

  say("No browser found: trying Playwright's own download");
  runPackage('playwright-core/cli.js', ['install', 'chromium']);
  const downloaded = await playwrightBrowser();
  if (downloaded !== undefined) return { path: downloaded };
  return { reason: 'no Chromium found, installed or downloaded; set CHROMIUM=/path/to/chromium to run them' };
}
