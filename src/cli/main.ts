import { VERSION } from '../base/version.ts';
import { EXIT_INTERNAL, EXIT_OK, EXIT_USAGE, ExitError } from './exit-codes.ts';
import { onInterrupt } from './interrupt.ts';
import { escapeControls } from '../report/format-text.ts';

/** `--version` alone loads nothing else. */
function isVersionOnly(args: readonly string[]): boolean {
  return args.length === 1 && (args[0] === '--version' || args[0] === '-V');
}

async function run(args: readonly string[]): Promise<number> {
  if (isVersionOnly(args)) {
    const { openOutput } = await import('./output-file.ts');
    const output = openOutput(undefined);
    output.write(`${VERSION}\n`);
    await output.finish();
    return EXIT_OK;
  }
  const { runProgram } = await import('./program.ts');
  // A name that is no UTF-8 has lost bytes.
  if (args.some((arg) => arg.includes('\ufffd'))) return runProgram((await import('./native-path.ts')).nativeArguments(args));
  return runProgram(args);
}

function reportFailure(error: unknown): number {
  if (error instanceof ExitError) {
    if (error.message !== '')
      writeError(
        `lacpviz: ${error.message}\n${error.exitCode === EXIT_USAGE ? "Try 'lacpviz --help' or 'lacpviz COMMAND --help'.\n" : ''}`,
      );
    return error.exitCode;
  }
  // A request that only the inputs could prove wrong (an unknown member, a policy that an era did not have).
  if (error instanceof Error && error.name === 'BadCall') return reportFailure(new ExitError(EXIT_USAGE, error.message));
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const debug = (process.env.LACPVIZ_DEBUG ?? '') !== '';
  writeError(
    `lacpviz: internal error: ${message}\n${debug ? `${stack ?? ''}\n` : 'This is a bug. LACPVIZ_DEBUG=1 shows where it happened.\n'}`,
  );
  return EXIT_INTERNAL;
}

/** Arguments and names of files stand in messages: what they hold must not reach the terminal as commands. */
function writeError(text: string): void {
  try {
    process.stderr.write(text.split('\n').map(escapeControls).join('\n'));
  } catch {
    // Nobody listens: the exit code still tells.
  }
}

onInterrupt();
process.stderr.on('error', () => {});
process.on('uncaughtException', (error) => process.exit(reportFailure(error)));
run(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => process.exit(reportFailure(error)),
);
