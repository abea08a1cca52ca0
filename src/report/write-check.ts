import type { Finding, ResultDocument } from './document.ts';
import { csvLine } from './csv-cells.ts';
import { renderMarkdown, renderTerminal, type Block, type Tone } from './format-blocks.ts';
import { inputErrorText } from './format-flows-blocks.ts';
import type { TextStyle } from './format-style.ts';
import { clockTime } from './iso-time.ts';
import { countNoun, formatCount } from './quantity.ts';
import type { TextTarget } from './write-target.ts';

/** Frames of evidence shown to people per finding. */
const SHOWN_EVIDENCE = 4;

/** The view for people: one line per finding first, then the details of each. */
export function writeCheckTable(document: ResultDocument, target: TextTarget, width: number, style: TextStyle): void {
  for (const line of renderTerminal(checkBlocks(document), width, style)) target.write(`${line}\n`);
  for (const { id, fix } of document.findings) {
    for (const { syntax, text } of fix) {
      target.write(`\n# ${id}: ${syntax}\n`);
      for (const line of text.split('\n')) target.write(`  ${line}\n`);
    }
  }
}

export function writeCheckMarkdown(document: ResultDocument, target: TextTarget): void {
  for (const line of renderMarkdown(checkBlocks(document))) target.write(`${line}\n`);
  for (const { id, fix } of document.findings) {
    // The text of a fix holds no run of backticks: its names are checked when it is written.
    for (const { syntax, text } of fix) target.write(`\n${id}, ${syntax}:\n\n\`\`\`\n${text}\n\`\`\`\n`);
  }
}

export function writeCheckJson(document: ResultDocument, target: TextTarget): void {
  target.write(`${JSON.stringify(document)}\n`);
}

/** JSON Lines: one finding a line, with the id of its LAG. */
export function writeCheckJsonLines(document: ResultDocument, target: TextTarget): void {
  for (const finding of document.findings) target.write(`${JSON.stringify(finding)}\n`);
}

export function writeCheckCsv(document: ResultDocument, target: TextTarget): void {
  target.write(csvLine(['lag', 'severity', 'id', 'members', 'side', 'since', 'title', 'detail', 'evidence', 'fix']));
  for (const finding of document.findings) {
    target.write(
      csvLine([
        finding.lag ?? '',
        finding.severity,
        finding.id,
        finding.members.join(' '),
        finding.side ?? '',
        finding.since ?? '',
        finding.title,
        finding.detail,
        finding.evidence.map(({ path, packet }) => `${path}:${packet}`).join(' '),
        finding.fix.map(({ syntax }) => syntax).join(' '),
      ]),
    );
  }
}

function checkBlocks(document: ResultDocument): Block[] {
  const blocks: Block[] = [{ kind: 'heading', level: 1, text: summary(document.findings) }];
  for (const finding of document.findings) {
    const { severity, id, title, members, since } = finding;
    blocks.push({
      kind: 'item',
      mark: severity,
      tone: toneOf(finding),
      // Titles are of the language asked for: no English word joins their sentence.
      text: `${id} ${title}${members.length === 0 ? '' : ` [${members.join(' ')}]`}${since === null ? '' : ` (${clockTime(since)})`}`,
    });
  }
  for (const finding of document.findings) {
    if (finding.severity === 'info' && document.findings.length > 20) continue;
    blocks.push({ kind: 'heading', level: 2, text: `${finding.id}: ${finding.title}` });
    blocks.push({ kind: 'text', text: finding.detail });
    for (const { path, packet, time, note } of finding.evidence.slice(0, SHOWN_EVIDENCE)) {
      blocks.push({
        kind: 'item',
        mark: 'frame',
        tone: 'dim',
        text: `${path} ${formatCount(packet)}${time === null ? '' : ` at ${clockTime(time)}`}: ${note}`,
      });
    }
  }
  for (const error of document.errors) {
    blocks.push({
      kind: 'item',
      mark: error.partial === true ? 'partly read' : 'not read',
      tone: error.partial === true ? 'warn' : 'bad',
      text: inputErrorText(error),
    });
  }
  return blocks;
}

function summary(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'No finding.';
  const count = (severity: string): number => findings.filter((finding) => finding.severity === severity).length;
  const parts = [countNoun(count('error'), 'error'), countNoun(count('warn'), 'warning'), `${formatCount(count('info'))} for information`];
  return `${parts.filter((part) => !part.startsWith('0 ')).join(', ')}.`;
}

function toneOf({ severity }: Finding): Tone {
  return severity === 'error' ? 'bad' : severity === 'warn' ? 'warn' : 'dim';
}
