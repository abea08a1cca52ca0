/**
 * Which folder may import which: the arrows of docs/design.md as data. The linter's configuration and the layer
 * check are both made from this table.
 */

/** Folder below src/ (or `workers`) -> folders it may import, its own left out. @type {Record<string, readonly string[]>} */
const CORE_LAYERS = {
  base: [],
  // Memory and loops of the scan; knows nothing of what they count.
  wasm: ['base'],
  decoder: ['base', 'wasm'],
  hash: ['base'],
  lacp: ['base', 'decoder'],
  state: ['base', 'decoder'],
  flows: ['base', 'wasm', 'decoder', 'hash', 'lacp', 'state'],
  // Flow records of collectors and hosts: another way in than captures.
  records: ['base', 'decoder', 'hash', 'lacp', 'state', 'flows'],
  plan: ['base', 'decoder', 'hash', 'lacp', 'state', 'flows'],
  infer: ['base', 'decoder', 'hash', 'lacp', 'state', 'flows', 'plan'],
  fix: ['base', 'decoder', 'hash', 'lacp', 'state', 'flows', 'plan', 'infer'],
  diagnose: ['base', 'decoder', 'hash', 'lacp', 'state', 'flows', 'plan', 'infer', 'fix'],
  // How to capture: data about commands, apart from all that reads captures.
  recipe: ['base'],
  report: ['base', 'decoder', 'hash', 'lacp', 'state', 'flows', 'plan', 'infer', 'fix', 'diagnose', 'recipe'],
  pipeline: ['base', 'wasm', 'decoder', 'hash', 'lacp', 'state', 'flows', 'records', 'plan', 'infer', 'fix', 'diagnose', 'recipe', 'report'],
};

export const CORE_FOLDERS = Object.keys(CORE_LAYERS);

/** @type {Record<string, readonly string[]>} */
export const LAYERS = {
  ...CORE_LAYERS,
  cli: CORE_FOLDERS,
  ui: CORE_FOLDERS,
  // Workers join a service with the byte source of their host.
  workers: [...CORE_FOLDERS, 'cli', 'ui'],
  // Public API: index.ts is host-neutral, node.ts adds what Node has.
  index: CORE_FOLDERS,
  node: [...CORE_FOLDERS, 'index', 'cli'],
};

export const ALL_FOLDERS = Object.keys(LAYERS);

/** Why an arrow between two layers does not exist, for the message. @type {Record<string, string>} */
export const REASONS = {
  'hash>decoder': 'hash knows nothing of packets: it gets columns and returns columns',
  'decoder>hash': 'decoder knows nothing of bonds and policies',
  'state>hash': 'a state importer names a policy by its registry id only',
  'cli>ui': 'the two hosts share the core and nothing else',
  'ui>cli': 'the two hosts share the core and nothing else',
};

/** Packages with one right place: files that may import them, and the folders those lie in (all the linter can tell). */
export const PACKAGE_PLACES = [
  {
    package: 'comlink',
    pattern: '^comlink(/|$)',
    folders: ['workers', 'pipeline', 'ui', 'cli'],
    allowed: [/^workers\//, /^src\/pipeline\/executor[^/]*\.ts$/, /^src\/(ui|cli)\/([^/]+\/)*[^/]*executor[^/]*\.ts$/],
    reason: 'errors and copies change at a worker boundary, so only workers and executors speak comlink',
  },
  {
    package: 'd3',
    pattern: '^d3(-[a-z-]+)?$',
    folders: ['ui'],
    allowed: [/^src\/ui\/charts\//],
    reason: 'charts are the only users of d3: views hand them numbers',
  },
];

/** Host modules that the core (and the page) must not know. */
export const NODE_MODULE_PATTERN = '^(node:|(fs|path|os|url|util|http|zlib|stream|buffer|process|worker_threads|child_process)(/|$))';
/** Folders in which Node's modules are at home. */
export const NODE_FOLDERS = ['cli', 'node'];

/**
 * The layer a repository path belongs to, or null (tests, scripts, configuration: free to import anything).
 * @param {string} path with forward slashes, relative to the repository
 * @returns {string | null}
 */
export function layerOf(path) {
  if (path.startsWith('workers/')) return 'workers';
  if (!path.startsWith('src/')) return null;
  const rest = path.slice('src/'.length);
  const slash = rest.indexOf('/');
  if (slash < 0) return rest.replace(/\.[a-z.]+$/, '');
  return rest.slice(0, slash);
}
