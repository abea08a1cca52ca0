/** Captures of real kernels on the page, with the true policies, kernels and orders: the command line's agreement. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCount } from '../../src/report/quantity.ts';
import { openPage, openPageSite, runFlowsJson, textOf, type PageSite } from './page-support.ts';

const ROOT = fileURLToPath(new URL('../../../shared/captures/linux/', import.meta.url));

interface Config {
  readonly kernel: string;
  readonly mode: string;
  readonly policy: string | null;
  readonly slaves_in_enslave_order: readonly string[];
  readonly bond_mac: string;
  readonly switch: {
    readonly policy: string | null;
    readonly port_of?: Readonly<Record<string, string>>;
    readonly slaves_in_enslave_order: readonly string[];
  };
}

interface Run {
  readonly name: string;
  readonly files: readonly string[];
  readonly config: Config;
}

/** Runs whose sender hashes by a policy, with one capture per member. */
function findRuns(): Run[] {
  if (!existsSync(ROOT)) return [];
  return readdirSync(ROOT).flatMap((name) => {
    const path = join(ROOT, name, 'config.json');
    if (!existsSync(path)) return [];
    const config = JSON.parse(readFileSync(path, 'utf8')) as Config;
    const files = (config.slaves_in_enslave_order ?? []).map((member) => join(ROOT, name, `host-${member}.pcap`));
    const hashed = ['802.3ad', 'balance-xor'].includes(config.mode) && config.policy !== null;
    return hashed && files.length > 0 && files.every((file) => existsSync(file)) ? [{ name, files, config }] : [];
  });
}

/** What the run says of itself, as the settings of the page (fragment) and as options of the command line. */
function trueSettings(config: Config): { fragment: string; args: string[] } {
  const fragment = [
    `local=${config.bond_mac}`,
    `policyA=${config.policy}`,
    `kernelA=${config.kernel}`,
    `membersA=${config.slaves_in_enslave_order.join(',')}`,
  ];
  const args = [
    '--local',
    config.bond_mac,
    '--policy-a',
    String(config.policy),
    '--kernel-a',
    config.kernel,
    '--members-a',
    config.slaves_in_enslave_order.join(','),
  ];
  const { policy, port_of: portOf, slaves_in_enslave_order: ports } = config.switch;
  const members = ports?.map((port) => Object.keys(portOf ?? {}).find((member) => portOf?.[member] === port) ?? '') ?? [];
  if (policy && members.length > 0 && !members.includes('')) {
    fragment.push(`policyB=${policy}`, `kernelB=${config.kernel}`, `membersB=${members.join(',')}`);
    args.push('--policy-b', policy, '--kernel-b', config.kernel, '--members-b', members.join(','));
  }
  return { fragment: fragment.join('&'), args };
}

async function shownAgreement(page: Page): Promise<Record<string, string>> {
  await page.getByTestId('sentence').waitFor();
  const shown: Record<string, string> = {};
  for (const side of ['a', 'b']) {
    const figure = page.getByTestId(`agreement-packets-${side}`);
    shown[side] = (await figure.count()) > 0 ? await figure.innerText() : 'nothing to compare';
  }
  return shown;
}

async function expectedAgreement(args: readonly string[]): Promise<Record<string, string>> {
  const document = await runFlowsJson(['--top', '1', ...args]);
  return Object.fromEntries(
    document.lags[0].directions.map(({ from, agreement: { packets } }) => [
      from,
      packets.total === 0 ? 'nothing to compare' : `${formatCount(packets.match)} of ${formatCount(packets.total)}`,
    ]),
  );
}

/** One run per policy and per way in which members come and go; all of them with LACPVIZ_ALL_RUNS=1. */
const CHOSEN = [
  'k5.10-encap23-n2',
  'k6.1-encap34-n2',
  'k6.1-layer2-n3',
  'k6.1-layer34-n3',
  'k6.1-vlansrcmac-n2',
  'k6.1-xor-layer23-n2',
  'k6.1-linkdown-return-layer23-n3',
  'k6.1-reenslave-layer34-n3',
  'k6.1-lacpdu-oneway-loss-n2',
  'k6.12-layer34-n3',
];
const found = findRuns();
const runs = process.env.LACPVIZ_ALL_RUNS ? found : found.filter((run) => CHOSEN.includes(run.name));
if (runs.length === 0) console.log(`skipped: the captures of real kernels are not here (${ROOT})`);

describe.skipIf(runs.length === 0)('captures of real kernels on the page', () => {
  let site: PageSite;
  let folder: string;
  beforeAll(async () => {
    site = await openPageSite();
    folder = mkdtempSync(join(tmpdir(), 'lacpviz-e2e-'));
  }, 120_000);
  afterAll(async () => {
    await site?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it.each(runs.map((run) => [run.name, run] as const))('%s', async (_name, { files, config }) => {
    const { fragment, args } = trueSettings(config);
    const { page, troubles } = await openPage(site, fragment);
    await page.getByTestId('file-input').setInputFiles([...files]);
    expect(await shownAgreement(page)).toEqual(await expectedAgreement([...args, ...files]));
    expect(troubles).toEqual([]);
    await page.close();
  });

  const layered = runs.find((run) => run.name.includes('layer34'));
  it.skipIf(!layered)('the same through gzip, zstd and pcapng', async () => {
    if (!layered) return;
    const { fragment, args } = trueSettings(layered.config);
    const expected = await expectedAgreement([...args, ...layered.files]);
    const variants = [writeVariant('gzip'), writeVariant('zstd'), writeVariant('pcapng')].filter((files) => files !== null);
    for (const files of variants) {
      const { page } = await openPage(site, fragment);
      await page.getByTestId('file-input').setInputFiles(files);
      expect(await shownAgreement(page), files[0]).toEqual(expected);
      await page.close();
    }
  });

  function writeVariant(kind: 'gzip' | 'zstd' | 'pcapng'): string[] | null {
    const files: string[] = [];
    for (const file of layered?.files ?? []) {
      const target = join(folder, `${basename(file)}${{ gzip: '.gz', zstd: '.zst', pcapng: 'ng' }[kind]}`);
      try {
        if (kind === 'gzip') writeFileSync(target, gzipSync(readFileSync(file)));
        else if (kind === 'zstd') execFileSync('zstd', ['-q', '-f', file, '-o', target]);
        else execFileSync('editcap', ['-F', 'pcapng', file, target]);
      } catch {
        console.log(`skipped: ${kind} (the tool that makes it is not here)`);
        return null;
      }
      files.push(target);
    }
    return files;
  }

  it('allows itself no other origin and no inline code', async () => {
    const { page } = await openPage(site);
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(await textOf(page, 'view-start')).toContain('Nothing leaves this page');
    await page.close();
  });
});
