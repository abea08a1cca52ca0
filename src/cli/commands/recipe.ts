import { VERSION } from '../../base/version.ts';
import { chooseSnapLength, DEFAULT_RING_MEGABYTES, DEFAULT_SECONDS } from '../../recipe/capture-command.ts';
import { CAPTURE_SYSTEMS, type CaptureSystem, type RecipeOptions } from '../../recipe/recipe.ts';
import { makeRecipe } from '../../recipe/registry.ts';
import {
  writeRecipeCsv,
  writeRecipeJson,
  writeRecipeJsonLines,
  writeRecipeMarkdown,
  writeRecipeText,
  type RecipeReport,
} from '../../report/write-recipe.ts';
import type { TextTarget } from '../../report/write-target.ts';
import { EXIT_OK, usageError } from '../exit-codes.ts';
import { unknownValue } from '../nearest.ts';
import { requireWholeNumber } from '../option-values.ts';
import { readOutputOptions, type OutputOptions, type RawOptions } from '../options.ts';
import { readHostBond } from '../recipe-host.ts';
import { chooseStyle, terminalWidth } from '../terminal.ts';
import { withOutput } from '../with-output.ts';

const MAX_SECONDS = 86_400;
const MAX_RING_MEGABYTES = 1_000_000;

/** Prints the commands to capture well. `root`: of the file system that `--iface` reads. */
export async function runRecipe(raw: RawOptions, root = '/'): Promise<number> {
  const output = readOutputOptions(raw);
  const iface = typeof raw.iface === 'string' ? raw.iface : null;
  const systems = readSystems(raw, iface);
  const options: RecipeOptions = {
    seconds: readNumber(raw, 'seconds', 1, MAX_SECONDS) ?? DEFAULT_SECONDS,
    ringMegabytes: readNumber(raw, 'ring', 10, MAX_RING_MEGABYTES) ?? DEFAULT_RING_MEGABYTES,
    tunnels: raw.tunnels === true,
    bond: iface === null ? null : readHostBond(iface, root),
  };
  const report: RecipeReport = {
    recipes: systems.map((system) => makeRecipe(system, system === 'linux' ? options : { ...options, bond: null })),
    host: options.bond,
    seconds: options.seconds,
    ringMegabytes: options.ringMegabytes,
    snapLength: chooseSnapLength(options).bytes,
  };
  return withOutput(output.output, async (target) => {
    writeRecipe(report, target, output);
    return EXIT_OK;
  });
}

function readSystems(raw: RawOptions, iface: string | null): readonly CaptureSystem[] {
  const typed = typeof raw.system === 'string' ? raw.system.split(',').map((name) => name.trim()) : null;
  if (typed === null) return iface === null ? CAPTURE_SYSTEMS : ['linux'];
  const systems = typed.map((name) => {
    const system = CAPTURE_SYSTEMS.find((known) => known === name);
    if (system === undefined) throw usageError(`--system: ${unknownValue('system', name, CAPTURE_SYSTEMS)}`);
    return system;
  });
  if (iface !== null && !systems.includes('linux'))
    throw usageError(`--iface reads a Linux bond; --system ${typed.join(',')} does not ask for one`);
  return CAPTURE_SYSTEMS.filter((system) => systems.includes(system));
}

function readNumber(raw: RawOptions, name: string, min: number, max: number): number | undefined {
  const typed = raw[name];
  return typeof typed === 'string' ? requireWholeNumber(`--${name}`, typed, min, max) : undefined;
}

function writeRecipe(report: RecipeReport, target: TextTarget, options: OutputOptions): void {
  switch (options.format) {
    case 'json':
      return writeRecipeJson(report, VERSION, target);
    case 'jsonl':
      return writeRecipeJsonLines(report, target);
    case 'csv':
      return writeRecipeCsv(report, target);
    case 'markdown':
      return writeRecipeMarkdown(report, target);
    case 'table':
      return writeRecipeText(report, target, terminalWidth(), chooseStyle(options.color, options.output !== undefined));
  }
}
