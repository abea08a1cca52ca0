/** What the documents name is there: links and headings, files of the project, commands and options. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const documents = ['README.md', 'samples/README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

const projectFolders = ['src', 'test', 'docs', 'scripts', 'bench', 'samples', 'workers', '.ci'];
const sourceFolders = readdirSync(join(root, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const fileNames = new Set(
  projectFolders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }) as string[])
    .map((path) => path.replace(/.*\//, '')),
);

const program = createProgram(() => {});
const optionsOf = new Map(program.commands.map((command) => [command.name(), command.options.map(({ long }) => long)]));
const anyOption = new Set([...program.options, ...program.commands.flatMap(({ options }) => options)].map(({ long }) => long));

/** Words between backticks, outside fenced blocks. */
function codeSpans(text: string): string[] {
  return [...text.replace(/^```[^]*?^```/gm, '').matchAll(/`([^`]+)`/g)].map(([, span]) => span.replace(/\s+/g, ' '));
}

/** Commands of this program, in fenced blocks and between backticks. */
function commandLines(text: string): string[] {
  const lines = text.replace(/\\\n\s*/g, '').split('\n');
  const fenced = lines.map((line) => /^(?:\$ )?(?:npx )?lacpviz (.*?)(?: {2,}#.*| {3,}.*)?$/.exec(line.trim())?.[1]);
  const spans = codeSpans(text).map((span) => /^(?:npx )?lacpviz (.*)$/.exec(span)?.[1]);
  return [...fenced, ...spans].filter((line) => line !== undefined).filter((line) => !line.startsWith('<'));
}

/** Those of an unknown command, or with an option that it does not have. */
function wrongCommands(text: string): string[] {
  return commandLines(text).filter((line) => {
    const known = optionsOf.get(line.split(' ')[0]);
    // A pipe or a redirection ends the command.
    const used = line.split(/ [|<>]|\s#/)[0].match(/(?<= )--[a-z][a-z-]*/g) ?? [];
    return known === undefined || used.some((option) => !known.includes(option) && option !== '--help');
  });
}

/** GitHub's name of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** Where a name such as `src/hash/<id>.ts` or `infer/rank-rules.ts` must be found; null for what is no file of this project. */
function placesOf(span: string): string[] | null {
  if (!/^[\w.@/<>-]+$/.test(span)) return null;
  const known = span.includes('<') ? span.slice(0, span.lastIndexOf('/', span.indexOf('<')) + 1) : span;
  const [first] = span.split('/');
  if (projectFolders.includes(first) && span.includes('/')) return [known];
  // `infer/rank-rules.ts` and `infer/learned/`, but not `lacp/no-partner`, which is a finding.
  if (sourceFolders.includes(first) && /\/.*\.ts$|\/$/.test(known)) return [`src/${known}`];
  return null;
}

describe.each(documents)('%s', (name) => {
  const text = read(name);

  it('links to files and headings that exist', () => {
    const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [path, anchor] = target.split('#');
        const file = path === '' ? name : join(dirname(name), path);
        if (!existsSync(join(root, file))) return true;
        return anchor !== undefined && ![...read(file).matchAll(/^#+ (.*)$/gm)].some(([, heading]) => anchorOf(heading) === anchor);
      });
    expect(broken).toEqual([]);
  });

  it('names files that exist', () => {
    const missing = codeSpans(text).filter((span) => {
      const places = placesOf(span);
      if (places !== null) return !places.some((place) => existsSync(join(root, place)));
      return /^[\w-]+(\.[\w-]+)*\.(ts|mjs)$/.test(span) && !fileNames.has(span) && !existsSync(join(root, span));
    });
    expect(missing).toEqual([]);
  });

  it('names options and commands that exist', () => {
    const options = codeSpans(text).flatMap((span) => /^--[a-z][a-z-]*/.exec(span) ?? []);
    expect(options.filter((option) => !anyOption.has(option))).toEqual([]);
    expect(wrongCommands(text)).toEqual([]);
  });
});

it('the examples of --help use commands and options that exist', () => {
  const help = read('src/cli/help-examples.ts');
  expect(commandLines(help).length).toBeGreaterThan(30);
  expect(wrongCommands(help)).toEqual([]);
});

it('README lists every folder of src', () => {
  const listed = codeSpans(read('README.md'));
  expect(sourceFolders.filter((folder) => !listed.includes(`src/${folder}`))).toEqual([]);
});
