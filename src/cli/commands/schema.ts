import { DOCUMENT_SCHEMAS } from '../../report/json-schema-registry.ts';
import { EXIT_OK, usageError } from '../exit-codes.ts';
import { unknownValue } from '../nearest.ts';
import { readOutputOptions, type RawOptions } from '../options.ts';
import { withOutput } from '../with-output.ts';

/** Prints the JSON Schema of a command's output. */
export async function runSchema(command: string, raw: RawOptions): Promise<number> {
  const { output } = readOutputOptions(raw, ['json']);
  const schema = Object.hasOwn(DOCUMENT_SCHEMAS, command) ? DOCUMENT_SCHEMAS[command] : undefined;
  if (schema === undefined) throw usageError(unknownValue('command', command, Object.keys(DOCUMENT_SCHEMAS)));
  return withOutput(output, async (target) => {
    target.write(`${JSON.stringify(schema, null, 2)}\n`);
    return EXIT_OK;
  });
}
