/** Linter: correctness rules with type information, and the import rules of scripts/layers.mjs per folder. */
import { ALL_FOLDERS, LAYERS, NODE_FOLDERS, NODE_MODULE_PATTERN, PACKAGE_PLACES } from './scripts/layers.mjs';

/** One override per folder: what it must not import, with the reason in the message. */
function folderRules(folder) {
  const allowed = new Set([folder, ...LAYERS[folder]]);
  const forbidden = ALL_FOLDERS.filter((other) => !allowed.has(other));
  const files =
    folder === 'workers' ? ['workers/**'] : folder === 'index' || folder === 'node' ? [`src/${folder}.ts`] : [`src/${folder}/**`];
  const patterns = [];
  if (forbidden.length > 0) {
    patterns.push({
      regex: `^\\.{1,2}/(.*/)?(${forbidden.join('|')})(/|\\.ts$)`,
      message: `${folder} may import: ${LAYERS[folder].join(', ') || 'nothing'} (docs/design.md, layers)`,
    });
  }
  if (!NODE_FOLDERS.includes(folder) && folder !== 'workers') {
    patterns.push({ regex: NODE_MODULE_PATTERN, message: 'only hosts know Node; the core gets bytes and options' });
  }
  for (const place of PACKAGE_PLACES) {
    if (!place.folders.includes(folder)) patterns.push({ regex: place.pattern, message: place.reason });
  }
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

export default {
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'vitest'],
  categories: { correctness: 'error' },
  env: { es2022: true },
  ignorePatterns: ['dist', 'samples', 'bench/out', 'coverage'],
  rules: {
    eqeqeq: 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    'no-throw-literal': 'error',
    'import/no-default-export': 'error',
    'import/no-cycle': 'error',
    'import/no-self-import': 'error',
    'oxc/no-const-enum': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'off',
    'unicorn/no-new-array': 'off',
    // Objects of functions are built from literals here, without `this`; methods are passed on freely.
    'typescript/unbound-method': 'off',
    // Spreading a string gives code points, which is what is wanted where it is done.
    'typescript/no-misused-spread': 'off',
    // The second argument of expect says which of many it was.
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'vitest/no-conditional-expect': 'off',
    // Titles come from lists of cases; assertions stand in helpers and in fast-check's properties.
    'vitest/valid-title': 'off',
    'vitest/expect-expect': 'off',
    'vitest/require-to-throw-message': 'off',
  },
  overrides: [...ALL_FOLDERS.map(folderRules), { files: ['*.config.ts', '*.config.mjs'], rules: { 'import/no-default-export': 'off' } }],
};
