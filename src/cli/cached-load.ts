import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** A module of the bundle, as CommonJS has it. */
interface LoadedModule {
  exports: object;
}

type ModuleBody = (exports: object, require: (name: string) => unknown, module: LoadedModule, file: string, folder: string) => void;

/** Loads files of one folder, and those of it that they require. */
export interface CachedLoader {
  load(name: string): unknown;
  /** Writes the code that was compiled since, functions that ran included, beside the files. */
  writeCache(): void;
}

const BEFORE = '(function (exports, require, module, __filename, __dirname) {';

/**
 * A loader of the bundle that takes compiled code from `<file>.cache` where that is there: parsing and compiling a program
 * of this size would cost more than many a capture. V8 itself refuses code of another version, of other flags or of a
 * source of another length, and compiles anew then; files whose content changes have other names, or are built together
 * with their code. (Node 22 has this as `module.enableCompileCache`; the oldest version that is supported has not.)
 */
export function createCachedLoader(folder: string): CachedLoader {
  const modules = new Map<string, LoadedModule>();
  const scripts = new Map<string, Script>();
  const requireOther = createRequire(join(folder, 'index.js'));
  const load = (name: string): unknown => {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const module: LoadedModule = { exports: {} };
    modules.set(name, module);
    const file = join(folder, name);
    const source = `${BEFORE}${readFileSync(file, 'utf8')}\n})`;
    const script = new Script(source, { filename: file, cachedData: readCache(file) });
    scripts.set(file, script);
    const run = script.runInThisContext() as ModuleBody;
    const require = (wanted: string): unknown => (wanted.startsWith('./') ? load(wanted.slice(2)) : requireOther(wanted));
    run(module.exports, require, module, file, dirname(file));
    return module.exports;
  };
  return {
    load,
    writeCache: () => {
      for (const [file, script] of scripts) writeFileSync(cachePath(file), script.createCachedData());
    },
  };
}

function cachePath(file: string): string {
  return `${file}.cache`;
}

function readCache(file: string): Buffer | undefined {
  try {
    return readFileSync(cachePath(file));
  } catch {
    return undefined;
  }
}
