import { join, resolve } from 'node:path';
import { compileLoops } from './compile-loops.ts';

/** Files whose functions are compiled, all of them. */
const LOOP_FILES = [
  'src/decoder/walk-records.ts',
  'src/decoder/walk-blocks.ts',
  'src/decoder/decode-plain.ts',
  'src/decoder/summarise-rows.ts',
  'src/flows/flow-loops.ts',
  'src/flows/join-loops.ts',
  'src/flows/widen-loops.ts',
  'src/flows/sort-loops.ts',
];

export const GENERATED_LOOPS = 'src/wasm/loops.generated.ts';

/** Text of `src/wasm/loops.generated.ts`, from the sources in this folder's repository. */
export function generatedLoops(repository = '.'): string {
  const { bytes, ...loops } = compileLoops(LOOP_FILES.map((path) => resolve(join(repository, path))));
  const base64 = Buffer.from(bytes).toString('base64');
  return `/** Made by \`npm run build:loops\` from the functions in ${LOOP_FILES.join(', ')}; a test compares. */
import type { CompiledLoops } from './compiled-loops.ts';

export const LOOPS: CompiledLoops & { readonly base64: string } = ${JSON.stringify({ ...loops, base64 })};
`;
}
