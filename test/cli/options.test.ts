import { describe, expect, it } from 'vitest';
import { ExitError } from '../../src/cli/exit-codes.ts';
import { parseSort, parseWhere, queryFor } from '../../src/cli/flow-query.ts';
import { parseInputArgument, parseInputArguments } from '../../src/cli/input-arguments.ts';
import { nearest, unknownValue } from '../../src/cli/nearest.ts';
import { normalizeMac, parseWholeNumber, requireNames } from '../../src/cli/option-values.ts';
import { isAfter, parseTimeOption } from '../../src/cli/time-option.ts';

describe('times', () => {
  const at = (seconds: number, nanos = 0): unknown => ({ kind: 'absolute', seconds, nanos });

  it('reads ISO 8601, epoch seconds and offsets from the first frame', () => {
    expect(parseTimeOption('2026-11-21T02:35:26.123456789Z')).toEqual(at(1795228526, 123456789));
    expect(parseTimeOption('2026-11-21 02:35:26')).toEqual(at(1795228526));
    expect(parseTimeOption('2026-11-21T03:35:26+01:00')).toEqual(at(1795228526));
    expect(parseTimeOption('2026-11-20T21:35-0500')).toEqual(at(1795228500));
    expect(parseTimeOption('2026-11-21')).toEqual(at(1795219200));
    expect(parseTimeOption('1795228526.5')).toEqual(at(1795228526, 500000000));
    expect(parseTimeOption('0')).toEqual(at(0));
    expect(parseTimeOption('+1.25')).toEqual({ kind: 'relative', seconds: 1, nanos: 250000000 });
  });

  it('refuses what is no time', () => {
    for (const text of [
      '',
      'soon',
      '+',
      '-5',
      '1.',
      '1.1234567890',
      '2026-02-30',
      '2026-11-21T24:00',
      '2026-11-21T02:60',
      '99999999999',
      '+-1',
      '1e5',
    ]) {
      expect(parseTimeOption(text), text).toBeNull();
    }
  });

  it('orders times of one kind only', () => {
    expect(isAfter(parseTimeOption('2')!, parseTimeOption('1')!)).toBe(true);
    expect(isAfter(parseTimeOption('1.000000001')!, parseTimeOption('1')!)).toBe(true);
    expect(isAfter(parseTimeOption('+2')!, parseTimeOption('1')!)).toBe(false);
  });
});

describe('--where and --sort', () => {
  it('splits terms at commas and checks each value', () => {
    expect(parseWhere(['ip=10.0.0.0/8,port=443', 'mac=0200.0000.000A'])).toEqual([
      { field: 'ip', value: '10.0.0.0/8' },
      { field: 'port', value: '443' },
      { field: 'mac', value: '02:00:00:00:00:0a' },
    ]);
    expect(parseWhere(['ip=2001:db8::/32,verdict=mismatch,side=a,proto=TCP,member=eth0,vlan=4094'])).toHaveLength(6);
  });

  it('refuses unknown fields and values with the nearest one', () => {
    for (const bad of [
      'ip',
      '=1',
      'ip=',
      'ip=300.1.1.1',
      'ip=10.0.0.0/33',
      'port=65536',
      'vlan=5000',
      'side=c',
      'mac=xyz',
      'proto=300',
      'color=red',
      '',
      'ip=1.2.3.4,',
    ]) {
      expect(() => parseWhere([bad]), bad).toThrow(ExitError);
    }
    expect(() => parseWhere(['verdict=mismach'])).toThrow(/Did you mean mismatch/);
    expect(() => parseWhere(['prot=tcp'])).toThrow(/Did you mean (port|proto)/);
  });

  it('sorts loads largest first and the rest in rising order, unless told', () => {
    expect(parseSort('bytes')).toBe('-bytes');
    expect(parseSort('+bytes')).toBe('bytes');
    expect(parseSort('-firsttime')).toBe('-firstTime');
    expect(parseSort('src')).toBe('src');
    expect(() => parseSort('byte')).toThrow(/Did you mean bytes/);
  });

  it('gives machines all flows in order of time, people the largest', () => {
    expect(queryFor({ where: [] }, false, 25)).toEqual({ where: [], sort: 'firstTime', top: undefined });
    expect(queryFor({ where: [] }, true, 25)).toEqual({ where: [], sort: '-bytes', top: 25 });
    expect(queryFor({ where: [], top: 3 }, false, 25)).toEqual({ where: [], sort: '-bytes', top: 3 });
  });
});

describe('values', () => {
  it('reads MAC addresses in every common spelling', () => {
    for (const text of ['02:00:5e:00:00:0A', '02-00-5E-00-00-0a', '0200.5e00.000a', '02005e00000a', '2:0:5e:0:0:a'])
      expect(normalizeMac(text), text).toBe('02:00:5e:00:00:0a');
    for (const text of ['', '02:00:5e:00:00', '02:00:5e:00:00:0g', '02:00-5e:00:00:0a', '0200.5e00.000', '02:00:5e:00:00:0a:01'])
      expect(normalizeMac(text), text).toBeNull();
  });

  it('reads whole numbers within bounds', () => {
    expect(parseWholeNumber('0xff', 255)).toBe(255);
    for (const text of ['', '-1', '1.5', '256', '0x100', '1e2', ' 1', '0x']) expect(parseWholeNumber(text, 255), text).toBeNull();
  });

  it('refuses empty and repeated names', () => {
    expect(requireNames('--members', 'eth0, eth1')).toEqual(['eth0', 'eth1']);
    expect(() => requireNames('--members', 'eth0,,eth1')).toThrow(ExitError);
    expect(() => requireNames('--members', 'eth0,eth0')).toThrow(/twice/);
  });

  it('names the nearest known value, if one is near', () => {
    expect(nearest('layer34', ['layer2', 'layer3+4', 'encap3+4'])).toBe('layer3+4');
    expect(nearest('jsno', ['table', 'json', 'csv'])).toBe('json');
    expect(nearest('qqqqqq', ['table', 'json'])).toBeUndefined();
    expect(unknownValue('format', 'jso', ['json'])).toBe("unknown format 'jso'. Did you mean json? Known: json");
  });
});

describe('file arguments', () => {
  const none = (): boolean => false;

  it('splits NAME=FILE unless such a file exists or it looks like a path', () => {
    expect(parseInputArgument('eth0=a.pcap', none)).toEqual({ path: 'a.pcap', memberName: 'eth0' });
    expect(parseInputArgument('eth0=a.pcap', () => true)).toEqual({ path: 'eth0=a.pcap' });
    expect(parseInputArgument('/tmp/a=b/c.pcap', none)).toEqual({ path: '/tmp/a=b/c.pcap' });
    expect(parseInputArgument('../a=b.pcap', none)).toEqual({ path: '../a=b.pcap' });
    expect(parseInputArgument('Gi1/0/1=p=1.pcap', none)).toEqual({ path: 'p=1.pcap', memberName: 'Gi1/0/1' });
    expect(parseInputArgument('eth0=-', none)).toEqual({ path: '-', memberName: 'eth0' });
    expect(parseInputArgument('=a.pcap', none)).toEqual({ path: '=a.pcap' });
    expect(() => parseInputArgument('eth0=', none)).toThrow(ExitError);
  });

  it('takes standard input once', () => {
    expect(() => parseInputArguments(['-', 'eth0=-'])).toThrow(/only once/);
    expect(() => parseInputArguments([''])).toThrow(ExitError);
  });
});
