import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import type { LacpAnalysis } from '../../src/pipeline/analyze-lacp.ts';
import { PLAIN_STYLE } from '../../src/report/format-style.ts';
import { displayWidth } from '../../src/report/format-text.ts';
import { CHECK_SCHEMA } from '../../src/report/schema/check-schema.ts';
import { LACP_SCHEMA } from '../../src/report/schema/lacp-schema.ts';
import { writeCheckCsv, writeCheckJson, writeCheckTable } from '../../src/report/write-check.ts';
import { writeLacpJson } from '../../src/report/write-lacp-json.ts';
import { writeLacpCsv, writeLacpJsonLines } from '../../src/report/write-lacp-lines.ts';
import { writeLacpMarkdown, writeLacpTable } from '../../src/report/write-lacp-text.ts';
import { createTextBuffer } from '../../src/report/write-target.ts';
import { analyzePaths } from '../support/lacp-runs.ts';
import { listSamples, samplePaths } from '../support/sample-cases.ts';

const sample = listSamples().find(({ state }) => state.length > 0) ?? listSamples()[0];
let analysis: LacpAnalysis;

beforeAll(async () => {
  analysis = await analyzePaths(samplePaths(sample, [...sample.captures, ...sample.state]));
});

const report = (pdus: boolean) => ({ document: analysis.document, pdusOf: pdus ? (lag: string) => analysis.pdus(lag) : null });

describe('output of lacp', () => {
  it.each([false, true])('is a document of its schema, --pdus %s', async (pdus) => {
    const target = createTextBuffer();
    await writeLacpJson(report(pdus), target);
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(LACP_SCHEMA);
    const document = JSON.parse(target.text());
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    expect(document.lags[0].ports.length).toBeGreaterThan(0);
    if (pdus) expect(document.lags[0].pdus.length).toBe(analysis.pdus('lag1').length);
    expect(target.text().endsWith('}\n')).toBe(true);
  });

  it('says what is wrong, with the schema of check too', async () => {
    const faulty = listSamples().find(({ name }) => name === 'no-partner') ?? sample;
    const paths = samplePaths(faulty, faulty.captures);
    const document = await analyzeCheck(openInputs(paths.map((path) => ({ path }))), DEFAULT_ANALYSIS_OPTIONS, {});
    const json = createTextBuffer();
    writeCheckJson(document, json);
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(CHECK_SCHEMA);
    expect(validate(JSON.parse(json.text())), JSON.stringify(validate.errors)).toBe(true);
    for (const width of [60, 100, 160]) {
      const table = createTextBuffer();
      writeCheckTable({ ...document, findings: document.findings.map((finding) => ({ ...finding, fix: [] })) }, table, width, PLAIN_STYLE);
      expect(table.text()).toContain('lacp/no-partner');
      for (const line of table.text().split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }
    const csv = createTextBuffer();
    writeCheckCsv(document, csv);
    expect(csv.text().split('\r\n').length).toBe(document.findings.length + 2);
    expect((await analyzePaths(paths)).document.findings.map(({ id }) => id)).toEqual(['lacp/no-partner']);
  });

  it('has one line per port or PDU, and as many cells in each as in the header', async () => {
    for (const pdus of [false, true]) {
      const lines = createTextBuffer();
      await writeLacpJsonLines(report(pdus), lines);
      const rows = lines.text().trimEnd().split('\n');
      expect(rows.length).toBe(pdus ? analysis.pdus('lag1').length : analysis.document.lags[0].ports?.length);
      expect(JSON.parse(rows[0])).toMatchObject({ lag: 'lag1' });
      const csv = createTextBuffer();
      await writeLacpCsv(report(pdus), csv);
      const [header, ...cells] = csv.text().trimEnd().split('\r\n');
      expect(cells.length).toBe(rows.length);
      for (const line of cells) expect(line.replaceAll(/"[^"]*"/g, '').split(',').length).toBe(header.split(',').length);
    }
  });

  it('fits the terminal, and says first whether LACP is up', () => {
    for (const width of [60, 80, 120, 200]) {
      const target = createTextBuffer();
      writeLacpTable(report(true), target, width, PLAIN_STYLE);
      const lines = target.text().split('\n');
      expect(lines.slice(0, 3).join(' ')).toMatch(/LACP is up on|no LACPDU/);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }
    const markdown = createTextBuffer();
    writeLacpMarkdown(report(false), markdown);
    expect(markdown.text()).toMatch(/^# lag1/);
  });
});
