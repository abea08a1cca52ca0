import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { finishConfiguredBond, setBondOption } from '../linux-bond-options.ts';
import { applyOvsOptions } from '../ovs-options.ts';
import type { LagFacts, MemberFacts, StateNote } from '../state-facts.ts';

/** Commands that build a bond: `ip link add … type bond …`, `ip link set … master …`, `ovs-vsctl add-bond …`, `ovs-vsctl set port …`. */

interface Built {
  readonly lag: Draft<Omit<LagFacts, 'members'>> & { members: MemberFacts[] };
  readonly line: number;
  readonly kind: 'linux' | 'ovs';
  ovsWords: string;
}

const COMMAND = /^(?:sudo\s+)?(?:ip\s+link\s+(?:add|set)\s|ovs-vsctl\s+(?:--\S+\s+)*(?:add-bond|set\s+[Pp]ort)\s)/;

class BondCommandsParser implements OutputParser {
  private readonly bonds = new Map<string, Built>();

  private bond(name: string, kind: Built['kind'], line: number): Built {
    let built = this.bonds.get(name);
    if (built === undefined) {
      built = { lag: { name, members: [], membersInHashOrder: false }, line, kind, ovsWords: '' };
      this.bonds.set(name, built);
    }
    return built;
  }

  accept(line: StateLine): boolean {
    const words = line.text.replace(/^sudo\s+/, '').split(/\s+/);
    if (words[0] === 'ip' && words[1] === 'link') return this.acceptIpLink(words.slice(2), line.number);
    if (words[0] !== 'ovs-vsctl') return false;
    // Several commands may be joined by a lone `--`.
    let known = false;
    let start = 1;
    for (let i = 1; i <= words.length; i++) {
      if (i < words.length && words[i] !== '--') continue;
      if (
        this.acceptOvs(
          words.slice(start, i).filter((word) => !word.startsWith('--')),
          line.number,
        )
      )
        known = true;
      start = i + 1;
    }
    return known;
  }

  private acceptIpLink(words: readonly string[], line: number): boolean {
    const [verb, ...rest] = words;
    const names = rest[0] === 'dev' || rest[0] === 'name' ? rest.slice(1) : rest;
    const type = names.indexOf('type');
    if (type > 0 && names[type + 1] === 'bond') {
      const { lag } = this.bond(names[0], 'linux', line);
      for (let i = type + 2; i + 1 < names.length; i += 2) setBondOption(lag, names[i], names[i + 1]);
      return true;
    }
    const master = names.indexOf('master');
    if (verb === 'set' && master > 0 && names[master + 1] !== undefined) {
      const built = this.bonds.get(names[master + 1]);
      // A master that nobody made a bond of may as well be a bridge.
      if (built === undefined && !names[master + 1].startsWith('bond')) return true;
      this.bond(names[master + 1], 'linux', line).lag.members.push({ name: names[0] });
      return true;
    }
    return verb === 'set' || verb === 'add';
  }

  private acceptOvs(words: readonly string[], line: number): boolean {
    if (words[0] === 'add-bond' && words.length >= 4) {
      const built = this.bond(words[2], 'ovs', line);
      built.lag.bridge = words[1];
      for (const word of words.slice(3)) {
        if (word.includes('=')) built.ovsWords += ` ${word}`;
        else built.lag.members.push({ name: word });
      }
      return true;
    }
    if (words[0] === 'set' && words[1]?.toLowerCase() === 'port' && words.length >= 4) {
      this.bond(words[2], 'ovs', line).ovsWords += ` ${words.slice(3).join(' ')}`;
      return true;
    }
    return false;
  }

  finish() {
    const notes: StateNote[] = [];
    const lags: LagFacts[] = [];
    for (const { lag, line, kind, ovsWords } of this.bonds.values()) {
      lag.configured = true;
      if (kind === 'linux') finishConfiguredBond(lag, line, notes);
      else applyOvsOptions(lag, ovsWords, line, notes);
      lags.push(lag);
    }
    return lags.length === 0 ? null : { lags, interfaces: [], notes };
  }
}

export const bondCommands: StateImporter = {
  id: 'bond-commands',
  title: 'ip link add … type bond, ovs-vsctl add-bond, ovs-vsctl set port',
  readsCommands: true,
  opens: (line) => (COMMAND.test(line) ? 'more' : null),
  start: () => new BondCommandsParser(),
};
