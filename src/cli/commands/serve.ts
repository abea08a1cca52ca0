import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { EXIT_INTERNAL, EXIT_UNREADABLE_INPUT, ExitError, usageError } from '../exit-codes.ts';
import { openInputs, parseInputArguments, type InputArgument } from '../input-arguments.ts';
import { requireWholeNumber } from '../option-values.ts';
import { nativePath } from '../native-path.ts';
import { readAnalysisOptions, readSelection, type RawOptions } from '../options.ts';
import { withOutput } from '../with-output.ts';
import { pageFragment } from '../serve/page-fragment.ts';
import { createPageServer, type ServedFile } from '../serve/page-server.ts';
import { listStaticFiles } from '../serve/static-files.ts';

/** The built page lies beside the built command line. */
const PAGE_FOLDER = fileURLToPath(new URL('../web/', import.meta.url));

/** Serves until interrupted. */
export async function runServe(files: readonly string[], raw: RawOptions, pageFolder: string = PAGE_FOLDER): Promise<number> {
  const port = typeof raw.port === 'string' ? requireWholeNumber('--port', raw.port, 0, 0xffff) : 0;
  const token = randomBytes(24).toString('base64url');
  const fragment = pageFragment({ serve: token }, await readAnalysisOptions(raw), readSelection(raw).where);
  const inputs = parseInputArguments(files);
  if (inputs.some((input) => input.path === '-')) {
    throw usageError(
      'serve cannot take standard input: the page reads a file when it needs it. Write it to a file first, for example: cat > capture.pcap',
    );
  }
  if (!existsSync(`${pageFolder}/index.html`)) throw new ExitError(EXIT_INTERNAL, `the page is not built (${pageFolder}): npm run build`);
  const served = collectFiles(inputs);
  if (served.length === 0 && inputs.length > 0) return EXIT_UNREADABLE_INPUT;
  const server = createPageServer({ files: served, page: listStaticFiles(pageFolder), token });
  await listen(server, port);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/#${fragment}`;
  await withOutput(undefined, async (output) => {
    output.write(`${url}\n`);
    return 0;
  });
  if (raw.open === true) openBrowser(url);
  return new Promise<number>(() => {});
}

/** What cannot be served is named; the others are. */
function collectFiles(inputs: readonly InputArgument[]): ServedFile[] {
  const served: ServedFile[] = [];
  for (const { path, memberName, source, failure } of openInputs(inputs)) {
    const name = memberName === undefined ? {} : { memberName };
    if (failure !== undefined || source === undefined) process.stderr.write(`lacpviz: ${path}: ${failure?.reason ?? 'cannot be read'}\n`);
    else if (!source.rereadable) process.stderr.write(`lacpviz: ${path}: is a pipe; serve needs files\n`);
    else if (source.size !== undefined) served.push({ path, ...name, size: source.size });
    else {
      const content = readFileSync(nativePath(path));
      served.push({ path, ...name, size: content.length, content });
    }
  }
  return served;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'it is in use' : error.code === 'EACCES' ? 'permission denied' : error.message;
      reject(usageError(`cannot listen on port ${port}: ${reason}. Without --port a free one is taken`));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open', url] : process.platform === 'win32' ? ['cmd', '/c', 'start', '""', url] : ['xdg-open', url];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.once('error', () => process.stderr.write(`lacpviz: no browser could be started (${command}); open the address yourself\n`));
  child.unref();
}
