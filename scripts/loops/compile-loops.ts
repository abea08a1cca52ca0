import { compileFunction, readSignature } from './compile-function.ts';
import { FIELD_BYTES } from './compile-expression.ts';
import { SourceReader, type Field, type SourceFunction } from './read-sources.ts';
import type { CompiledLoops, LoopField, LoopParameter } from '../../src/wasm/compiled-loops.ts';
import { encodeModule } from './wasm-bytes.ts';

/**
 * Compiles all functions of these files to WebAssembly. They stay TypeScript that runs as it is: integers and typed arrays, no
 * objects but records of arrays given as parameters. Throws with place and reason where a source says anything else, or
 * anything that JavaScript's numbers and 32 bits would compute differently.
 */
export function compileLoops(paths: readonly string[]): CompiledLoops & { readonly bytes: Uint8Array<ArrayBuffer> } {
  const reader = new SourceReader();
  const functions = [
    ...new Set(paths.flatMap((path) => [...reader.read(path).functions.values()].filter(({ module }) => module.path === path))),
  ];
  const places = new Map(functions.map((source, index) => [source, index]));
  const structs: Record<string, LoopField[]> = {};
  const usedFields = new Set<string>();
  const compiled = functions.map((source) => compileFunction(source, places, usedFields));
  // Records that stand for objects lie at the start of the memory, one for each parameter.
  let recordBytes = 0;
  const parameterOf = (source: SourceFunction, type: ReturnType<typeof readSignature>['parameters'][number]['type']): LoopParameter => {
    if (type.kind !== 'struct') return type.kind === 'scalar' ? 'number' : 'array';
    const fields: readonly Field[] = source.module.structs.get(type.name)!;
    structs[type.name] ??= fields.flatMap(({ name, type: { kind } }, place) =>
      usedFields.has(`${type.name}.${name}`)
        ? [{ name, place, kind: kind === 'array' ? ('array' as const) : kind === 'view' ? ('view' as const) : ('number' as const) }]
        : [],
    );
    const at = recordBytes;
    recordBytes += fields.length * FIELD_BYTES;
    return { struct: type.name, at };
  };
  const signatures = Object.fromEntries(
    functions.map((source) => {
      const { parameters, result } = readSignature(source);
      const given = parameters.map(({ type }) => parameterOf(source, type));
      return [source.name, { parameters: given, isUnsigned: result === 'u32' }];
    }),
  );
  return { signatures, structs, recordBytes, bytes: encodeModule(compiled) };
}
