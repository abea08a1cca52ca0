import { addCleanup } from './interrupt.ts';
import { openOutput, type OutputFile } from './output-file.ts';

/** Opens the output first, so that a path that cannot be written is known before the work; removes a half-written file. */
export async function withOutput(path: string | undefined, work: (output: OutputFile) => Promise<number>): Promise<number> {
  const output = openOutput(path);
  const forget = addCleanup(() => output.discard());
  try {
    const code = await work(output);
    await output.finish();
    return code;
  } catch (error) {
    output.discard();
    throw error;
  } finally {
    forget();
  }
}
