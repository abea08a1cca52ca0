/** Compiles the loops over frames and writes `src/wasm/loops.generated.ts`. Usage: npm run build:loops */
import { writeFileSync } from 'node:fs';
import { generatedLoops, GENERATED_LOOPS } from './generated-loops.ts';

writeFileSync(GENERATED_LOOPS, generatedLoops());
