import { describe, expect, it } from 'vitest';
import { FINDING_FIELDS, filterRows, selectRows } from '../../src/report/select-rows.ts';
import type { Finding } from '../../src/report/document.ts';

const finding = (id: string, severity: Finding['severity'], members: string[], side: Finding['side'], since: string | null): Finding => ({
  id,
  severity,
  members,
  side,
  since,
  title: '',
  detail: '',
  lag: 'lag1',
  evidence: [],
  fix: [],
});
const findings = [
  finding('lacp/expired', 'error', ['eth1'], 'a', '2026-11-21T02:00:01.000000000Z'),
  finding('bond/failover', 'warn', ['eth0', 'eth1'], 'b', null),
  finding('balance/chance', 'info', [], 'a', '2026-11-21T02:00:00.000000000Z'),
];
const ids = (rows: readonly Finding[]): string[] => rows.map(({ id }) => id);
const select = (selection: Parameters<typeof selectRows>[1]): string[] => ids(selectRows(findings, selection, FINDING_FIELDS));

describe('rows of a listing', () => {
  it('stay as they are where nothing is asked', () => {
    expect(selectRows(findings, {}, FINDING_FIELDS)).toEqual(findings);
  });

  it('are selected by member and side', () => {
    expect(select({ member: 'eth1' })).toEqual(['lacp/expired', 'bond/failover']);
    expect(select({ side: 'a' })).toEqual(['lacp/expired', 'balance/chance']);
    expect(select({ member: 'eth1', side: 'b' })).toEqual(['bond/failover']);
    expect(ids(filterRows(findings, { member: 'eth1', top: 1 }, FINDING_FIELDS))).toHaveLength(2);
  });

  it('are sorted both ways, what has no value last, and cut to the first', () => {
    expect(select({ sort: 'since' })).toEqual(['balance/chance', 'lacp/expired', 'bond/failover']);
    expect(select({ sort: '-since' })).toEqual(['lacp/expired', 'balance/chance', 'bond/failover']);
    expect(select({ sort: '-severity', top: 2 })).toEqual(['balance/chance', 'bond/failover']);
    expect(select({ top: 0 })).toEqual([]);
  });
});
