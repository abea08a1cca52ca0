import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { TextTarget } from '../report/write-target.ts';
import { EXIT_OK, EXIT_OUTPUT, ExitError } from './exit-codes.ts';

/** Text gathered before a write, and before a writer is asked to wait. */
const FLUSH_BYTES = 1 << 16;
/** A writer that never waits for its reader would not hear of Ctrl-C for longer than this. */
const TURN_AFTER_MS = 50;

export interface OutputFile extends TextTarget {
  /** Writes what is left; for `-o` gives the file its name. */
  finish(): Promise<void>;
  /** Removes a half-written `-o` file. Safe to call at any time, also twice. */
  discard(): void;
}

/** Standard output, or a file that appears under its name only when it is complete. */
export function openOutput(path: string | undefined): OutputFile {
  return path === undefined || path === '-' ? openStandardOutput() : openNamedOutput(path);
}

function openStandardOutput(): OutputFile {
  const sink = createSink(nonBlockingCopy(1), 'standard output');
  return Object.assign(sink, { finish: () => sink.drain(), discard: () => {} });
}

/**
 * A pipe opened once more without blocking: a reader that pauses then leaves the event loop free to see Ctrl-C, and
 * nobody else who holds the pipe is affected, as they would be if fd 1 itself were changed.
 */
function nonBlockingCopy(fd: number): number {
  try {
    if (!fstatSync(fd).isFIFO()) return fd;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return fd;
  }
}

function openNamedOutput(path: string): OutputFile {
  const special = isSpecialFile(path);
  const finalPath = resolveLink(path);
  const writePath = special ? path : `${finalPath}.${process.pid}.part`;
  let fd: number;
  try {
    if (isDirectory(path)) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' });
    fd = openSync(writePath, special ? 'w' : 'wx');
  } catch (error) {
    throw outputError(path, error);
  }
  let open = true;
  const sink = createSink(fd, path);
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  return Object.assign(sink, {
    async finish() {
      await sink.drain();
      try {
        close();
        if (!special) renameSync(writePath, finalPath);
      } catch (error) {
        throw outputError(path, error);
      }
    },
    discard() {
      if (!open) return;
      try {
        close();
      } catch {
        // The file goes anyway.
      }
      if (!special) rmSync(writePath, { force: true });
    },
  });
}

/** Devices and FIFOs (/dev/full, /dev/stderr) are written in place: they cannot be renamed over. */
function isSpecialFile(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Writing through a symbolic link keeps the link. */
function resolveLink(path: string): string {
  try {
    return lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
  } catch {
    return path;
  }
}

function outputError(path: string, error: unknown): ExitError {
  const { code, message } = error as NodeJS.ErrnoException;
  // The reader has what it wanted (`| head`): not an error.
  if (code === 'EPIPE') return new ExitError(EXIT_OK, '');
  return new ExitError(EXIT_OUTPUT, `cannot write ${path}: ${ERROR_TEXTS[code ?? ''] ?? message}`);
}

const ERROR_TEXTS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EFBIG: 'the file is too large',
  EIO: 'input/output error',
};

function createSink(fd: number, name: string): TextTarget {
  let parts: string[] = [];
  let gathered = 0;
  let pending: Buffer = Buffer.alloc(0);
  let turnedAt = Date.now();

  /** Writes until done or until a non-blocking descriptor is full; true when done. */
  const writePending = (): boolean => {
    while (pending.length > 0) {
      try {
        pending = pending.subarray(writeSync(fd, pending));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
        throw outputError(name, error);
      }
    }
    return true;
  };
  const take = (): void => {
    if (parts.length === 0) return;
    const text = Buffer.from(parts.join(''), 'utf8');
    pending = pending.length === 0 ? text : Buffer.concat([pending, text]);
    parts = [];
    gathered = 0;
  };
  const flushAll = async (): Promise<void> => {
    take();
    for (let tries = 0; !writePending(); tries++) await (tries < 8 ? nextTurn() : sleep(tries < 100 ? 1 : 10));
    if (Date.now() - turnedAt < TURN_AFTER_MS) return;
    await nextTurn();
    turnedAt = Date.now();
  };
  return {
    write(text) {
      parts.push(text);
      gathered += text.length;
    },
    get isFull() {
      return gathered >= FLUSH_BYTES;
    },
    drain: flushAll,
  };
}
