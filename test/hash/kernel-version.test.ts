import { describe, expect, it } from 'vitest';
import { eraForKernel } from '../../src/hash/kernel-version.ts';
import { LINUX_ERAS } from '../../src/hash/linux-eras.ts';

describe('eraForKernel', () => {
  for (const [text, variant] of [
    ['2.6', 'linux-2.6'],
    ['2.6.32', 'linux-2.6'],
    ['3.6.11', 'linux-2.6'],
    ['3.7', 'linux-3.7'],
    ['3.12.74', 'linux-3.7'],
    ['3.13', 'linux-3.13'],
    ['4.1.15', 'linux-3.17'],
    ['4.4.101', 'linux-3.17'],
    ['4.4.102', 'linux-4.15'],
    ['4.4', 'linux-4.15'],
    ['4.9.64', 'linux-3.17'],
    ['4.9.65', 'linux-4.15'],
    ['4.13.15', 'linux-3.17'],
    ['4.13.16', 'linux-4.15'],
    ['4.14.1', 'linux-3.17'],
    ['4.14.2', 'linux-4.15'],
    ['4.14', 'linux-4.15'],
    ['4.15', 'linux-4.15'],
    ['5.4.250', 'linux-4.15'],
    ['5.5', 'linux-5.5'],
    ['5.10.223', 'linux-5.5'],
    ['5.14.21', 'linux-5.5'],
    ['5.15.17', 'linux-5.15.17'],
    ['5.15.36', 'linux-5.15.17'],
    ['5.15.38', 'linux-5.18'],
    ['5.15', 'linux-5.18'],
    ['5.16', 'linux-5.15.17'],
    ['5.16.3', 'linux-5.15.17'],
    ['5.17.5', 'linux-5.15.17'],
    ['5.17.6', 'linux-5.18'],
    ['5.17', 'linux-5.18'],
    ['5.18', 'linux-5.18'],
    ['6.1.192', 'linux-5.18'],
    ['v6.14.8-2-pve', 'linux-5.18'],
    ['6.1.0-56-amd64', 'linux-5.18'],
    ['6.12.107+deb13-amd64', 'linux-5.18'],
    ['5.10.0-32-amd64', 'linux-5.5'],
    ['5.4.0-150-generic', 'linux-4.15'],
  ]) {
    it(`${text} is ${variant}`, () => expect(eraForKernel(text)?.variant).toBe(variant));
  }

  it('takes variant ids', () => {
    for (const era of LINUX_ERAS)
      expect(eraForKernel(era.variant)).toEqual({ variant: era.variant, certain: true, candidates: [era.variant] });
  });

  it('never chooses the broken range from a version text', () => {
    for (const text of ['5.15.0', '5.15.3', '5.16.1', '5.15.0-91-generic']) {
      const era = eraForKernel(text);
      expect(era?.variant).not.toBe('linux-5.15.0');
      expect(era?.certain).toBe(false);
      expect(era?.candidates).toContain('linux-5.15.0');
    }
  });

  it('takes a release with a suffix for a prior over its series', () => {
    expect(eraForKernel('5.15.0-91-generic')).toEqual({
      variant: 'linux-5.18',
      certain: false,
      candidates: ['linux-5.18', 'linux-5.15.17', 'linux-5.15.0'],
    });
    expect(eraForKernel('4.9.0-19-amd64')).toEqual({ variant: 'linux-4.15', certain: false, candidates: ['linux-4.15', 'linux-3.17'] });
    const enterprise = eraForKernel('4.18.0-553.el8_10.x86_64');
    expect(enterprise?.variant).toBe('linux-4.15');
    expect(enterprise?.candidates).toEqual(['linux-4.15', 'linux-5.5', 'linux-5.15.17', 'linux-5.18']);
  });

  it('says nothing for the old version of the driver and for what is no version', () => {
    for (const text of [
      'v3.7.1 (April 27, 2011)',
      '3.5.0 (November 4, 2008)',
      '',
      'latest',
      '6',
      'v',
      '6.1.2.3.4.5',
      '999.1',
      'linux-9.9',
    ]) {
      expect(eraForKernel(text), text).toBeNull();
    }
  });
});
