import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/report/document.ts';
import { flowFilterOf } from '../../src/report/finding-flows.ts';

const finding = (id: string, side: Finding['side'], members: string[]): Finding => ({
  id,
  severity: 'info',
  title: '',
  detail: '',
  lag: 'lag1',
  members,
  side,
  since: null,
  evidence: [],
  fix: [],
});

describe('the flows a finding speaks of', () => {
  it('are those of its verdict, side and member', () => {
    expect(flowFilterOf(finding('hash/mismatch', 'b', []))).toBe('verdict=mismatch,side=b');
    expect(flowFilterOf(finding('balance/one-member', 'a', ['eth0']))).toBe('side=a,member=eth0');
    expect(flowFilterOf(finding('path/asymmetric', null, ['eth0', 'eth1']))).toBeNull();
  });

  it('are none where it speaks of ports', () => {
    expect(flowFilterOf(finding('lacp/expired', 'a', ['eth0']))).toBeNull();
    expect(flowFilterOf(finding('bond/failover', 'a', ['eth0']))).toBeNull();
  });
});
