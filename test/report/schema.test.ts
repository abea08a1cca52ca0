import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { DOCUMENT_SCHEMAS } from '../../src/report/json-schema-registry.ts';
import { writeFlowsJson } from '../../src/report/write-flows-json.ts';
import { createTextBuffer } from '../../src/report/write-target.ts';
import { makeFlow, makeReport, makeVariedFlows } from '../support/hand-made-report.ts';

const ajv = new Ajv2020({ strict: true, allErrors: true });

describe('JSON Schema', () => {
  it('is itself valid, for every command', () => {
    for (const [command, schema] of Object.entries(DOCUMENT_SCHEMAS))
      expect(ajv.validateSchema(schema), `${command}: ${ajv.errorsText()}`).toBe(true);
  });

  it('accepts what the writer of flows writes, and fields to come', async () => {
    const target = createTextBuffer();
    await writeFlowsJson(makeReport(makeVariedFlows()), target);
    const validate = ajv.compile(DOCUMENT_SCHEMAS.flows);
    const document = JSON.parse(target.text());
    expect(validate(document), ajv.errorsText(validate.errors)).toBe(true);
    expect(validate({ ...document, later: 1 })).toBe(true);
  });

  it('refuses a flow without verdict, a wrong time, an unknown reason', async () => {
    const validate = ajv.compile(DOCUMENT_SCHEMAS.flows);
    for (const change of [
      { verdict: 'perhaps' },
      { firstTime: '2026-11-21 02:35' },
      { reason: 'because' },
      { srcPort: 70000 },
      { members: null },
    ]) {
      const target = createTextBuffer();
      await writeFlowsJson(makeReport([makeFlow(1, change as never)]), target);
      expect(validate(JSON.parse(target.text())), JSON.stringify(change)).toBe(false);
    }
  });
});
