import type { Draft } from './importer.ts';
import { applyPortConfig, ignoredKeyNote, readOvsMode, splitOvsItems } from './ovs-words.ts';
import type { LagFacts, StateNote } from './state-facts.ts';
import { readInteger } from './values.ts';

/** `lacp=active bond_mode=balance-tcp other_config:lacp-time=fast tag=108`: the arguments after `ovs-vsctl … --`. */
export function applyOvsOptions(lag: Draft<LagFacts>, text: string, line: number, notes: StateNote[]): void {
  lag.lacpRate = undefined;
  for (const word of text.split(/\s+/)) {
    const at = word.indexOf('=');
    if (at <= 0) continue;
    const key = word.slice(0, at);
    const value = word.slice(at + 1).replace(/^["']|["']$/g, '');
    if (key === 'bond_mode') {
      lag.mode = readOvsMode(value);
      lag.policyText = value;
    } else if (key === 'lacp') {
      if (value === 'off') lag.lacpStatus = 'off';
      else lag.lacpActive = value === 'active';
    } else if (key === 'tag') lag.tag = readInteger(value);
    else if (key === 'vlan_mode') lag.vlanMode = value;
    else if (key === 'trunks') lag.trunks = value.split(',').map(Number).filter(Number.isInteger);
    else if (/^other[-_]config$/.test(key)) applyConfigMap(lag, value, line, notes);
    else if (/^other[-_]config:/.test(key)) applyConfigKey(lag, key.slice(13), value, line, notes);
  }
  if (lag.lacpActive !== undefined) lag.lacpRate ??= 'slow';
  lag.mode ??= 'ovs-active-backup';
  lag.policy = lag.mode;
  if (lag.policyText === undefined) lag.policyIsDefault = true;
}

function applyConfigMap(lag: Draft<LagFacts>, text: string, line: number, notes: StateNote[]): void {
  for (const item of splitOvsItems(text)) {
    const at = item.indexOf('=');
    if (at > 0) applyConfigKey(lag, item.slice(0, at), item.slice(at + 1), line, notes);
  }
}

function applyConfigKey(lag: Draft<LagFacts>, key: string, value: string, line: number, notes: StateNote[]): void {
  if (!applyPortConfig(lag, key, value)) notes.push(ignoredKeyNote(key, line, lag.name ?? undefined));
}
