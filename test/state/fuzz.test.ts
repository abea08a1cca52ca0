import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importState } from '../../src/state/import-state.ts';
import { STATE_IMPORTERS } from '../../src/state/registry.ts';
import { FIXTURES, readText } from './support.ts';
import { startCpuClock } from '../support/cpu-clock.ts';

const texts = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => readText(FIXTURES, name));
const lines = texts.flatMap((text) => text.split('\n'));

/** Every line of a text is told of: taken by an output, unknown to it, or outside all outputs. */
function check(text: string): void {
  const result = importState(text);
  if ('code' in result) {
    expect(result.code).toBe('unrecognized-text');
    // eslint-disable-next-line no-control-regex -- the reason must be printable
    expect(/[\u0000-\u001f\u007f-\u009f]/.test(result.reason)).toBe(false);
    return;
  }
  expect(result.facts.length).toBeGreaterThan(0);
  for (const facts of result.facts) {
    expect(STATE_IMPORTERS.some((importer) => importer.id === facts.format)).toBe(true);
    for (const lag of facts.lags) {
      for (const bucket of lag.buckets ?? []) expect(bucket.bucket >= 0 && bucket.bucket < 256).toBe(true);
      for (const member of lag.members) expect(member.name).not.toBe('');
    }
  }
}

/** Texts whose every line names something new: no table may be searched from its start for each. */
const growing: Readonly<Record<string, (i: number) => string>> = {
  ifupdown: (i) => `auto e${i}\niface e${i} inet manual\n bond-master b${i % 7}`,
  'ip-link': (i) => `${i}: e${i}: <BROADCAST,SLAVE,UP> mtu 1500 master bond0\n link/ether 02:00:00:00:00:01`,
  'proc-net-bonding': (i) => `Slave Interface: e${i}\nPermanent HW addr: 02:00:00:00:00:01`,
  'cisco-lacp-neighbor': (i) => `Gi0/${i} SA 255 bc24.117a.31c4 9s 0x0 0xF 0x1 0x3D`,
  'show-interfaces': (i) =>
    `Port-Channel${i} is up\n Hardware is Port-Channel, address is 7483.ef49.cfda\n ... Ethernet${i} , Full-duplex, 1Gb/s`,
  'switch-config': (i) => `interface Ethernet${i}\n channel-group ${i % 9999} mode active\n lacp rate fast`,
  ifcfg: (i) => `DEVICE=e${i}\nMASTER=bond${i}`,
  'ovs-bond-show': (i) => `---- b${i} ----\nbond_mode: balance-tcp\nmember e${i}: enabled`,
  'bond-commands': (i) => `ovs-vsctl add-bond br b${i} e${i} f${i}`,
  netplan: (i) => (i === 0 ? 'network:\n bonds:' : `b${i}:\n interfaces: [e${i}]`),
};

describe('any text', () => {
  for (const [name, unit] of Object.entries(growing)) {
    it(`of 30000 ${name} records is read in linear time`, () => {
      const text = Array.from({ length: 30_000 }, (_, i) => unit(i)).join('\n');
      const spentMs = startCpuClock();
      const result = importState(text);
      expect(spentMs()).toBeLessThan(8000);
      expect('facts' in result && result.facts[0].format).toBe(name);
    });
  }

  it('is read or refused, never thrown upon', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), check), { numRuns: 300 });
  });

  it('made of lines of all formats is read or refused', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 60 }), (picked) => check(picked.join('\n'))),
      { numRuns: 300 },
    );
  });

  it('cut, spliced and scrambled is read or refused', () => {
    const edit = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.nat(4000),
      length: fc.nat(200),
      insert: fc.string({ unit: 'binary', maxLength: 20 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        check(edits.map(({ text, at, length, insert }) => text.slice(0, at) + insert + text.slice(at + length)).join(''));
      }),
      { numRuns: 300 },
    );
  });

  it('is read in linear time, however it repeats', () => {
    const units = [
      ' ',
      '\t',
      '[',
      '{',
      '"',
      '\u001b]',
      '\u001b[',
      'a ',
      'a: ',
      '---- a ',
      'bond0: ',
      '- ',
      '(a',
      'a,',
      '0x',
      'Po1(SU) LACP ',
      'Et0/0(P) ',
      '# ',
      'ab@',
      '/a',
      'iface ',
      'auto a ',
      'ovs-vsctl --a ',
      '8: a: <A,',
      'bond mode ',
      'a=b ',
      '[{"ifindex":1,',
      '...  ',
      '1 ',
      'x'.repeat(7),
      'duration=1s, ',
      'actions=',
    ];
    for (const unit of units) {
      const text = unit.repeat(Math.ceil(400_000 / unit.length));
      const spentMs = startCpuClock();
      check(text);
      check(`${text}\n`.repeat(2));
      expect(spentMs(), JSON.stringify(unit)).toBeLessThan(4000);
    }
  });

  it('of many short lines is read in linear time', () => {
    for (const unit of [...lines].filter((line) => line.trim() !== '')) {
      const spentMs = startCpuClock();
      check(`${unit}\n`.repeat(60));
      expect(spentMs(), unit).toBeLessThan(2000);
    }
  });
});
