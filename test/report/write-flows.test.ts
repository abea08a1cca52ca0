import { describe, expect, it } from 'vitest';
import { flowColumns } from '../../src/report/flatten-flow.ts';
import { ANSI_STYLE, PLAIN_STYLE } from '../../src/report/format-style.ts';
import { displayWidth } from '../../src/report/format-text.ts';
import { writeFlowsJson } from '../../src/report/write-flows-json.ts';
import { writeFlowsCsv, writeFlowsJsonLines } from '../../src/report/write-flows-lines.ts';
import { writeFlowsMarkdown, writeFlowsTable } from '../../src/report/write-flows-text.ts';
import { createTextBuffer } from '../../src/report/write-target.ts';
import { makeDocument, makeFlow, makeLag, makeReport, makeVariedFlows } from '../support/hand-made-report.ts';

describe('JSON of flows', () => {
  it('is the document with its flows, one a line, ending in a line feed', async () => {
    const flows = makeVariedFlows();
    const target = createTextBuffer();
    await writeFlowsJson(makeReport(flows), target);
    const document = makeDocument();
    expect(JSON.parse(target.text())).toEqual({ ...document, lags: [{ ...document.lags[0], flows }] });
    expect(target.text().endsWith('}\n')).toBe(true);
  });

  it('is valid without LAGs, without flows, and with several LAGs', async () => {
    for (const lags of [[], [makeLag()], [makeLag(), makeLag({ id: 'lag2' })]]) {
      const target = createTextBuffer();
      await writeFlowsJson(makeReport([], makeDocument({ lags })), target);
      expect(JSON.parse(target.text()).lags.map((lag: { id: string; flows: unknown }) => [lag.id, lag.flows])).toEqual(
        lags.map((lag) => [lag.id, []]),
      );
    }
  });

  it('waits for a slow reader instead of gathering a million flows', async () => {
    const flow = makeFlow(1);
    let held = 0;
    let most = 0;
    const target = {
      write(text: string) {
        held += text.length;
        most = Math.max(most, held);
      },
      get isFull() {
        return held > 10_000;
      },
      async drain() {
        held = 0;
      },
    };
    await writeFlowsJson(
      { document: makeDocument(), flowsOf: () => ({ length: 5000, total: 5000, at: () => flow, json: () => JSON.stringify(flow) }) },
      target,
    );
    expect(most).toBeLessThan(100_000);
  });
});

describe('JSON Lines and CSV of flows', () => {
  it('writes one flow a line with its lag', async () => {
    const flows = makeVariedFlows();
    const target = createTextBuffer();
    await writeFlowsJsonLines(makeReport(flows), target);
    const lines = target
      .text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(flows.map((flow) => ({ lag: 'lag1', ...flow })));
  });

  it('flattens with dots under one header', async () => {
    const target = createTextBuffer();
    await writeFlowsCsv(makeReport(makeVariedFlows()), target);
    const [header, ...rows] = target
      .text()
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
    const cell = (row: number, name: string): string => rows[row][header.indexOf(name)];
    expect(rows.every((row) => row.length === header.length)).toBe(true);
    expect(cell(0, 'members.0.name')).toBe('eth0');
    expect(cell(2, 'vlans')).toBe('5 7');
    expect(cell(3, 'quoted.srcPort')).toBe('80');
    expect(cell(4, 'tunnel.inner.src')).toBe('192.168.0.1');
    expect(cell(6, 'predicted.member')).toBe('');
    expect(cell(0, 'predicted.hash')).toBe('0x0000000c');
  });

  it('quotes commas, quotes and line breaks as RFC 4180 says', async () => {
    const target = createTextBuffer();
    await writeFlowsCsv(makeReport([makeFlow(1, { observed: 'a,"b"\nc' })]), target);
    expect(target.text()).toContain('"a,""b""\nc"');
  });

  it('has every scalar field of a flow as a column', () => {
    const names = new Set(flowColumns(1).names);
    for (const key of Object.keys(makeFlow(1)))
      expect(
        [...names].some((name) => name === key || name.startsWith(`${key}.`)),
        key,
      ).toBe(true);
  });
});

describe('text of flows', () => {
  it('fits the width, whatever it is, and shows what was not looked at', () => {
    for (const width of [60, 80, 120, 200]) {
      const target = createTextBuffer();
      writeFlowsTable(makeReport(makeVariedFlows()), target, width, PLAIN_STYLE);
      const lines = target.text().split('\n');
      for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
      expect(target.text()).toMatch(/unpredicted 5 packets/);
      expect(target.text()).toMatch(/transition 1 packet /);
      expect(target.text()).toMatch(/unassigned 3 packets/);
      expect(target.text()).toMatch(/not read/);
    }
  });

  it('makes control characters of the input visible instead of sending them to the terminal', () => {
    const target = createTextBuffer();
    writeFlowsTable(makeReport([makeFlow(1, { observed: 'eth\u009b31m\u202e0' })]), target, 100, PLAIN_STYLE);
    // oxlint-disable-next-line no-control-regex
    expect(target.text()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(target.text()).toContain('\\x1b[2J');
  });

  it('colours change no column', () => {
    const plain = createTextBuffer();
    const coloured = createTextBuffer();
    writeFlowsTable(makeReport(makeVariedFlows()), plain, 100, PLAIN_STYLE);
    writeFlowsTable(makeReport(makeVariedFlows()), coloured, 100, ANSI_STYLE);
    expect(coloured.text()).not.toBe(plain.text());
    // oxlint-disable-next-line no-control-regex
    expect(coloured.text().replace(/\u001b\[[0-9;]*m/g, '')).toBe(plain.text());
  });

  it('says how many flows are not listed', () => {
    const target = createTextBuffer();
    writeFlowsTable(makeReport(makeVariedFlows(), makeDocument(), 2), target, 100, PLAIN_STYLE);
    expect(target.text()).toContain('… 7 more flows');
  });

  it('writes Markdown that data cannot break out of', () => {
    const target = createTextBuffer();
    writeFlowsMarkdown(makeReport([makeFlow(1, { observed: 'a|b<script>' })]), target);
    expect(target.text()).toContain('a\\|b&lt;script&gt;');
    expect(target.text()).toMatch(/^\| id \|/m);
  });
});
