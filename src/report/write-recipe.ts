import type { HostBond, Recipe, RecipeStep, Shell } from '../recipe/recipe.ts';
import { SCHEMA_VERSION } from './document.ts';
import { csvLine } from './csv-cells.ts';
import type { TextStyle } from './format-style.ts';
import { escapeControls, wrapText } from './format-text.ts';
import type { TextTarget } from './write-target.ts';

/** What `recipe` prints. */
export interface RecipeReport {
  readonly recipes: readonly Recipe[];
  readonly host: HostBond | null;
  readonly seconds: number;
  readonly ringMegabytes: number;
  readonly snapLength: number;
}

const SHELL_TITLES: Readonly<Record<Shell, string>> = {
  bash: 'bash',
  esxi: 'ESXi shell',
  ios: 'Cisco IOS',
  nxos: 'Cisco NX-OS',
  eos: 'Arista EOS',
  junos: 'Junos',
};

/** Comment lines longer than this are hard to read, however wide the terminal is. */
const MAX_COMMENT_WIDTH = 110;

export function writeRecipeJson(report: RecipeReport, version: string, target: TextTarget): void {
  const document = {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: 'lacpviz', version },
    command: 'recipe',
    inputs: [],
    lags: [],
    findings: [],
    errors: [],
    outside: { packets: 0, bytes: 0 },
    host: report.host,
    seconds: report.seconds,
    ringMegabytes: report.ringMegabytes,
    snapLength: report.snapLength,
    recipes: report.recipes,
  };
  target.write(`${JSON.stringify(document)}\n`);
}

/** One step a line. */
export function writeRecipeJsonLines({ recipes }: RecipeReport, target: TextTarget): void {
  for (const { system, steps } of recipes) for (const step of steps) target.write(`${JSON.stringify({ system, ...step })}\n`);
}

/** One line of commands a row. */
export function writeRecipeCsv({ recipes }: RecipeReport, target: TextTarget): void {
  target.write(csvLine(['system', 'step', 'title', 'shell', 'command']));
  for (const { system, steps } of recipes) {
    for (const [i, { title, shell, commands }] of steps.entries()) {
      for (const command of commands) target.write(csvLine([system, String(i + 1), title, shell, command]));
    }
  }
}

/** Text that can be pasted into a shell: remarks are comments, commands of other systems stand in here-documents that do nothing. */
export function writeRecipeText({ recipes }: RecipeReport, target: TextTarget, width: number, style: TextStyle): void {
  const comment = (text: string, indent = ''): string =>
    wrapText(escapeControls(text), Math.min(width, MAX_COMMENT_WIDTH) - 2 - indent.length)
      .map((line, i) => `${style.dim(`# ${i === 0 ? '' : indent}${line}`)}\n`)
      .join('');
  for (const [i, recipe] of recipes.entries()) {
    if (i > 0) target.write('\n');
    target.write(`${style.bold(`# === ${escapeControls(recipe.title)} ===`)}\n`);
    for (const note of recipe.notes) target.write(comment(note));
    for (const [n, step] of recipe.steps.entries()) {
      target.write(`\n${style.bold(`# ${n + 1}. ${escapeControls(step.title)}`)}\n`);
      for (const note of step.notes) target.write(comment(note, '  '));
      for (const line of shellLines(step)) target.write(`${escapeControls(line)}\n`);
    }
  }
}

function shellLines({ shell, commands }: RecipeStep): readonly string[] {
  if (shell === 'bash' || shell === 'esxi') return commands;
  return [`: <<'${shell}'`, ...commands, shell];
}

export function writeRecipeMarkdown({ recipes }: RecipeReport, target: TextTarget): void {
  for (const [i, recipe] of recipes.entries()) {
    if (i > 0) target.write('\n');
    target.write(`# ${markdownText(recipe.title)}\n\n`);
    for (const note of recipe.notes) target.write(`- ${markdownText(note)}\n`);
    for (const [n, step] of recipe.steps.entries()) {
      target.write(`\n## ${n + 1}. ${markdownText(step.title)}\n\n`);
      for (const note of step.notes) target.write(`- ${markdownText(note)}\n`);
      if (step.notes.length > 0) target.write('\n');
      if (step.shell !== 'bash') target.write(`${SHELL_TITLES[step.shell]}:\n\n`);
      target.write(`\`\`\`${step.shell === 'bash' ? 'sh' : ''}\n${step.commands.map((line) => escapeControls(line)).join('\n')}\n\`\`\`\n`);
    }
  }
}

/** Names such as `bond_0*` stay as they are. */
function markdownText(text: string): string {
  return escapeControls(text).replace(/[\\*_<>`|[\]]/g, '\\$&');
}
