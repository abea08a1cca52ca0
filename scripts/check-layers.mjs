#!/usr/bin/env node
/**
 * Checks the import arrows of the project: prints each offending import with the chain that leads to it and the
 * reason, and every import cycle. Ends with 1 if there is one. Usage: node scripts/check-layers.mjs [FOLDER]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LAYERS, NODE_FOLDERS, NODE_MODULE_PATTERN, PACKAGE_PLACES, REASONS, layerOf } from './layers.mjs';

/** @typedef {{ from: string, line: number, specifier: string, target: string | null }} ImportLink */
/** @typedef {{ kind: 'layer' | 'package' | 'cycle', file: string, line: number, reason: string, chain: string[] }} Violation */

const CODE = /\.(ts|tsx|mts|mjs|js)$/;
const IMPORT = /(?:^|[;\s}])(?:import|export)\b(?:[\s\w*{},$]*?\bfrom\b)?\s*(?:\(\s*)?(['"])([^'"\n]+)\1/g;
const NODE_MODULE = new RegExp(NODE_MODULE_PATTERN);

/**
 * Replaces comments by blanks of the same length, so that offsets keep their lines. Strings stay as they are.
 * @param {string} text
 */
export function blankComments(text) {
  return text.replace(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (all, string) =>
    string !== undefined ? all : all.replace(/[^\n]/g, ' '),
  );
}

/**
 * The modules a source text imports (also type-only and dynamic), with their lines.
 * @param {string} text
 * @returns {{ specifier: string, line: number }[]}
 */
export function importsOf(text) {
  const code = blankComments(text);
  const found = [];
  for (const match of code.matchAll(IMPORT)) {
    const end = match.index + match[0].length;
    found.push({ specifier: match[2], line: code.slice(0, end).split('\n').length });
  }
  return found;
}

/** @param {string} root @param {string} folder @param {string[]} out */
function listCode(root, folder, out) {
  if (!existsSync(join(root, folder))) return;
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) listCode(root, path, out);
    else if (CODE.test(entry.name)) out.push(path);
  }
}

/**
 * All imports of src/ and workers/ below `root`.
 * @param {string} root
 * @returns {Map<string, ImportLink[]>}
 */
export function readImports(root) {
  /** @type {string[]} */
  const files = [];
  listCode(root, 'src', files);
  listCode(root, 'workers', files);
  files.sort();
  /** @type {Map<string, ImportLink[]>} */
  const graph = new Map();
  for (const from of files) {
    const links = importsOf(readFileSync(join(root, from), 'utf8')).map(({ specifier, line }) => ({
      from,
      line,
      specifier,
      target: specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier.replace(/\?.*$/, '')) : null,
    }));
    graph.set(from, links);
  }
  return graph;
}

/** Shortest chain of imports from an entry (a file nobody imports) to `file`. @param {Map<string, ImportLink[]>} graph @param {string} file */
function chainTo(graph, file) {
  /** @type {Map<string, string[]>} */
  const importers = new Map();
  for (const [from, links] of graph) {
    for (const { target } of links) if (target !== null && target !== from) importers.set(target, [...(importers.get(target) ?? []), from]);
  }
  const queue = [[file]];
  const seen = new Set([file]);
  for (let i = 0; i < queue.length; i++) {
    const path = queue[i];
    const next = (importers.get(path[0]) ?? []).filter((from) => !seen.has(from));
    if ((importers.get(path[0]) ?? []).length === 0) return path;
    for (const from of next) {
      seen.add(from);
      queue.push([from, ...path]);
    }
  }
  return [file];
}

/** @param {Map<string, ImportLink[]>} graph @returns {string[][]} each cycle once, smallest file first */
export function findCycles(graph) {
  /** @type {Map<string, string[]>} */
  const cycles = new Map();
  /** @type {Map<string, 'open' | 'closed'>} */
  const state = new Map();
  /** @type {string[]} */
  const path = [];
  /** @param {string} file */
  const visit = (file) => {
    state.set(file, 'open');
    path.push(file);
    for (const { target } of graph.get(file) ?? []) {
      if (target === null || !graph.has(target)) continue;
      if (state.get(target) === 'open') {
        const cycle = path.slice(path.indexOf(target));
        const first = cycle.indexOf([...cycle].sort()[0]);
        const turned = [...cycle.slice(first), ...cycle.slice(0, first)];
        cycles.set(turned.join('>'), [...turned, turned[0]]);
      } else if (!state.has(target)) visit(target);
    }
    path.pop();
    state.set(file, 'closed');
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file);
  return [...cycles.values()];
}

/**
 * @param {Map<string, ImportLink[]>} graph
 * @returns {Violation[]}
 */
export function checkImports(graph) {
  /** @type {Violation[]} */
  const violations = [];
  for (const [file, links] of graph) {
    const layer = layerOf(file);
    if (layer === null) continue;
    const allowed = LAYERS[layer];
    if (allowed === undefined) {
      violations.push({ kind: 'layer', file, line: 1, reason: `no layer is called ${layer}: see scripts/layers.mjs`, chain: [file] });
      continue;
    }
    for (const { line, specifier, target } of links) {
      /** @param {Violation['kind']} kind @param {string} reason */
      const report = (kind, reason) => violations.push({ kind, file, line, reason, chain: [...chainTo(graph, file), target ?? specifier] });
      if (target === null) {
        const place = PACKAGE_PLACES.find(({ pattern }) => new RegExp(pattern).test(specifier));
        if (place !== undefined && !place.allowed.some((pattern) => pattern.test(file)))
          report('package', `${place.package}: ${place.reason}`);
        const nodeWorker = /^workers\/.*\.node\.ts$/.test(file);
        if (NODE_MODULE.test(specifier) && !NODE_FOLDERS.includes(layer) && !nodeWorker)
          report('package', 'only hosts know Node; the core gets bytes and options');
        continue;
      }
      const other = layerOf(target);
      if (other === null) report('layer', 'product code imports nothing from outside src/ and workers/');
      else if (other !== layer && !allowed.includes(other)) {
        report('layer', REASONS[`${layer}>${other}`] ?? `${layer} may import ${allowed.join(', ') || 'nothing'}; ${other} is not below it`);
      }
    }
  }
  for (const cycle of findCycles(graph)) {
    violations.push({
      kind: 'cycle',
      file: cycle[0],
      line: 1,
      reason: 'import cycle: move what both need into a file below them',
      chain: cycle,
    });
  }
  return violations;
}

/** @param {Violation} violation */
export function formatViolation({ kind, file, line, reason, chain }) {
  return `${file}:${line}: ${kind}: ${reason}\n    ${chain.join('\n      -> ')}`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
  const graph = readImports(root);
  const violations = checkImports(graph);
  for (const violation of violations) console.error(formatViolation(violation));
  const name = relative(process.cwd(), root).split(sep).join('/') || '.';
  console.log(`layers: ${graph.size} files below ${name}, ${violations.length} violation${violations.length === 1 ? '' : 's'}`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
