import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ImportedState } from '../../src/state/import-state.ts';
import { importState } from '../../src/state/import-state.ts';
import type { StateFacts } from '../../src/state/state-facts.ts';

/** Captures of real systems with their true configuration, kept beside the repository. */
export const CAPTURES = new URL('../../../shared/captures', import.meta.url).pathname;
export const SEEDS = new URL('../../../shared/seeds', import.meta.url).pathname;
export const FIXTURES = new URL('../fixtures/state', import.meta.url).pathname;
export const haveCaptures = existsSync(CAPTURES);
export const haveSeeds = existsSync(SEEDS);
if (!haveCaptures) console.warn('tests against real captures are skipped: ../shared/captures is absent');

export function listFolders(path: string): string[] {
  return existsSync(path) ? readdirSync(path).filter((name) => statSync(join(path, name)).isDirectory()) : [];
}

export function readText(...path: string[]): string {
  return readFileSync(join(...path), 'utf8');
}

/** The true configuration of a run (config.json), as far as these tests read it. */
export interface RunConfig {
  readonly kernel: string;
  readonly mode: string;
  readonly policy: string | null;
  readonly lacp_rate: string | null;
  readonly slaves_in_enslave_order: readonly string[];
  readonly bond_mac: string;
  readonly slave_permanent_macs: Readonly<Record<string, string>>;
  readonly bonds?: readonly BondConfig[];
  readonly files: readonly string[];
}

export interface BondConfig {
  readonly name: string;
  readonly policy: string | null;
  readonly slaves_in_enslave_order: readonly string[];
  readonly bond_mac: string;
}

export function readJson<T>(...path: string[]): T {
  return JSON.parse(readText(...path)) as T;
}

/** The bonds of one run: those of `bonds`, or the only one. */
export function bondsOf(config: RunConfig): readonly BondConfig[] {
  return (
    config.bonds ?? [
      { name: 'bond0', policy: config.policy, slaves_in_enslave_order: config.slaves_in_enslave_order, bond_mac: config.bond_mac },
    ]
  );
}

export function sorted(names: readonly string[]): readonly string[] {
  return [...names].sort((a, b) => (a < b ? -1 : 1));
}

export function importText(text: string): ImportedState {
  const result = importState(text);
  if ('code' in result) throw new Error(`not recognised: ${result.reason}`);
  return result;
}

/** The only output of a text. */
export function importOne(text: string): StateFacts {
  const { facts } = importText(text);
  if (facts.length !== 1) throw new Error(`expected one output, found ${facts.map((item) => item.format).join(', ')}`);
  return facts[0];
}

export const mutations: Readonly<Record<string, (text: string) => string>> = {
  crlf: (text) => text.replaceAll('\n', '\r\n'),
  'byte order mark': (text) => `\ufeff${text}`,
  'lost indentation': (text) => text.replace(/^[ \t]+/gm, ''),
  'colour codes': (text) => text.replace(/^(\S+)/gm, '\u001b[01;32m$1\u001b[0m'),
  'no empty lines': (text) => text.replace(/\n{2,}/g, '\n'),
  'trailing spaces': (text) => text.replace(/$/gm, '   '),
  'prompt above and below': (text) => `root@pve:~# cat something\n${text.trimEnd()}\nroot@pve:~# \n`,
};
