import { describe, expect, it } from 'vitest';
import { exportFlows } from '../../src/pipeline/export-flows.ts';
import type { FlowList } from '../../src/pipeline/flows-analysis.ts';
import type { Flow } from '../../src/report/document.ts';

const FLOWS = ['eth0', '=HYPERLINK("http://x","y")', 'eth2'].map(
  (observed, i) => ({ id: `f${i}`, srcMac: '02:00:00:00:00:01', observed, members: [] }) as unknown as Flow,
);
const LIST: FlowList = { length: FLOWS.length, total: FLOWS.length, at: (i) => FLOWS[i], json: (i) => JSON.stringify(FLOWS[i]) };

describe('flows as a file', () => {
  it.each([1, 2, 3, 7])('are the same JSON in portions of %i', (limit) => {
    let text = '';
    for (let offset = 0; offset < FLOWS.length; offset += limit) {
      const portion = exportFlows(LIST, 'lag1', 2, 'json', offset, limit);
      text += (offset === 0 ? portion.head : '') + portion.text + (offset + limit >= portion.total ? portion.tail : '');
    }
    expect(JSON.parse(text)).toEqual({ schemaVersion: 1, lag: 'lag1', flows: FLOWS });
  });

  it('are CSV in which no name is a formula', () => {
    const { head, text } = exportFlows(LIST, 'lag1', 2, 'csv', 0, 10);
    expect(head.startsWith('lag,id,')).toBe(true);
    const lines = text.split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain(`"'=HYPERLINK(""http://x"",""y"")"`);
    expect(lines[1]).not.toMatch(/(^|,)"?=/);
  });
});
