import { FIX_SYNTAX_IDS } from '../../fix/registry.ts';
import { analyzeCheck } from '../../pipeline/analyze-check.ts';
import type { ResultDocument } from '../../report/document.ts';
import { formatCount } from '../../report/quantity.ts';
import { writeCheckCsv, writeCheckJson, writeCheckJsonLines, writeCheckMarkdown, writeCheckTable } from '../../report/write-check.ts';
import { filterRows, FINDING_FIELDS, selectRows } from '../../report/select-rows.ts';
import type { TextTarget } from '../../report/write-target.ts';
import { closeRun, refuseOverwriting, runAnalysis } from '../analysis-run.ts';
import { EXIT_FINDINGS, EXIT_OK, usageError } from '../exit-codes.ts';
import { openInputs, parseInputArguments } from '../input-arguments.ts';
import { unknownValue } from '../nearest.ts';
import { readAnalysisOptions, readOutputOptions, type OutputOptions, type RawOptions } from '../options.ts';
import { readRowSelection } from '../row-selection.ts';
import { chooseStyle, terminalWidth } from '../terminal.ts';
import { withOutput } from '../with-output.ts';

const SEVERITIES = ['error', 'warn', 'info'] as const;

/** Prints findings, worst first; exit code 1 if one is as bad as --fail-on. */
export async function runCheck(files: readonly string[], raw: RawOptions): Promise<number> {
  const outputOptions = readOutputOptions(raw);
  const options = await readAnalysisOptions(raw);
  const failOn = choose('--fail-on', raw.failOn, SEVERITIES) ?? 'error';
  const syntax = choose('--for', raw.for, FIX_SYNTAX_IDS);
  const selection = readRowSelection(raw, FINDING_FIELDS);
  const inputs = openInputs(parseInputArguments(files));
  refuseOverwriting(inputs, outputOptions.output);
  return withOutput(outputOptions.output, async (output) => {
    const whole = await runAnalysis((of, how, host) => analyzeCheck(of, how, host, { syntax }), inputs, options, outputOptions);
    const selected = filterRows(whole.findings, selection, FINDING_FIELDS);
    const document = { ...whole, findings: [...selectRows(selected, selection, FINDING_FIELDS)] };
    // Fixes in every syntax are for programs; people ask for theirs.
    const forPeople = outputOptions.format === 'table' || outputOptions.format === 'markdown';
    writeReport(forPeople && syntax === undefined ? withoutFixes(document) : document, output, outputOptions);
    const left = selected.length - document.findings.length;
    if (forPeople && left > 0) output.write(`\n${formatCount(left)} more, not listed because of --top.\n`);
    const read = closeRun(document, outputOptions);
    if (read !== EXIT_OK) return read;
    const worst = SEVERITIES.indexOf(failOn);
    return selected.some(({ severity }) => SEVERITIES.indexOf(severity) <= worst) ? EXIT_FINDINGS : EXIT_OK;
  });
}

function withoutFixes(document: ResultDocument): ResultDocument {
  return { ...document, findings: document.findings.map((finding) => ({ ...finding, fix: [] })) };
}

function choose<T extends string>(option: string, value: RawOptions[string], known: readonly T[]): T | undefined {
  if (typeof value !== 'string') return undefined;
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) throw usageError(`${option}: ${unknownValue('value', value, known)}`);
  return found;
}

function writeReport(document: ResultDocument, target: TextTarget, options: OutputOptions): void {
  switch (options.format) {
    case 'json':
      return writeCheckJson(document, target);
    case 'jsonl':
      return writeCheckJsonLines(document, target);
    case 'csv':
      return writeCheckCsv(document, target);
    case 'markdown':
      return writeCheckMarkdown(document, target);
    case 'table':
      return writeCheckTable(document, target, terminalWidth(), chooseStyle(options.color, options.output !== undefined));
  }
}
