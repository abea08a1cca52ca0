import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, statSync, type Stats } from 'node:fs';
import { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Issue, IssueCode } from '../base/issue.ts';
import { nativePath } from './native-path.ts';
import type { ByteRange, ByteSource } from '../pipeline/byte-source.ts';

/** Where the reader gives no buffer: one, reused; 64 KiB stay in the cache between the copy of the kernel and the decoder. */
const BUFFER_BYTES = 1 << 16;
/** Asynchronous reading of a file gives the event loop a turn after this many bytes, so that Ctrl-C is seen. */
const BYTES_PER_TURN = 1 << 24;
/** How long to wait before looking again whether somebody opened the other end of a FIFO. */
const FIFO_POLL_MS = 20;

export interface OpenedSource {
  readonly source?: ByteSource;
  readonly failure?: Issue;
}

/** A path as a byte source, or the reason why there is none. Nothing is kept open until it is read. */
export function openFileSource(path: string): OpenedSource {
  const name = nativePath(path);
  let stats: Stats;
  try {
    stats = statSync(name);
  } catch (error) {
    return { failure: statFailure(error as NodeJS.ErrnoException) };
  }
  if (stats.isDirectory()) return failed('directory', 'is a directory, not a file');
  if (stats.isSocket() || stats.isBlockDevice()) return failed('unreadable', 'is neither a file nor a stream of bytes');
  if (stats.isFIFO()) return { source: streamSource(path, () => readFifo(name)) };
  try {
    const fd = openSync(name, 'r');
    try {
      // Files of /proc and /sys say size 0 and yet hold text: only reading tells whether a file is empty.
      if (stats.isFile() && stats.size === 0 && readSync(fd, Buffer.allocUnsafe(1), 0, 1, null) === 0) {
        return failed('empty', 'is empty (0 bytes)');
      }
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return { failure: openFailure(error as NodeJS.ErrnoException) };
  }
  return { source: fileSource(path, stats.isFile() && stats.size > 0 ? stats.size : undefined) };
}

/** Standard input; `-` on the command line. */
export function openStandardInput(): OpenedSource {
  let stats: Stats;
  try {
    stats = fstatSync(0);
  } catch {
    return failed('unreadable', 'standard input is closed');
  }
  if (stats.isDirectory()) return failed('directory', 'standard input is a directory');
  if (stats.isFile()) {
    const chunksSync = (target?: () => Uint8Array): Iterable<Uint8Array> => readDescriptor(0, target);
    return { source: { path: '-', size: undefined, rereadable: false, chunks: () => inTurns(chunksSync()), chunksSync } };
  }
  return { source: streamSource('-', () => process.stdin as AsyncIterable<Uint8Array>) };
}

function failed(code: IssueCode, reason: string): OpenedSource {
  return { failure: { code, offset: null, reason, partial: false } };
}

function statFailure(error: NodeJS.ErrnoException): Issue {
  const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ENAMETOOLONG';
  return missing ? { code: 'missing', offset: null, reason: 'there is no such file', partial: false } : openFailure(error);
}

function openFailure(error: NodeJS.ErrnoException): Issue {
  const denied = error.code === 'EACCES' || error.code === 'EPERM';
  const reason = denied ? 'permission denied' : `cannot be read: ${error.code ?? error.message}`;
  return { code: error.code === 'ENOENT' ? 'missing' : 'unreadable', offset: null, reason, partial: false };
}

function fileSource(path: string, size: number | undefined): ByteSource {
  const whole = fileRange(path, undefined, Infinity);
  if (size === undefined) return { path, size, rereadable: true, ...whole };
  return { path, size, rereadable: true, ...whole, range: (from, to = Infinity) => fileRange(path, from, to) };
}

/** Bytes of a file from `from` to `to`; without `from` read from where the system begins, as devices and /proc want it. */
function fileRange(path: string, from: number | undefined, to: number): ByteRange {
  const chunksSync = function* (target?: () => Uint8Array): Generator<Uint8Array> {
    const fd = openSync(nativePath(path), 'r');
    try {
      yield* from === undefined ? readDescriptor(fd, target) : readPart(fd, from, to, target);
    } finally {
      closeSync(fd);
    }
  };
  return { chunks: () => inTurns(chunksSync()), chunksSync };
}

function* readDescriptor(fd: number, target: () => Uint8Array = ownBuffer()): Generator<Uint8Array> {
  for (;;) {
    const buffer = target();
    const length = readSync(fd, buffer, 0, buffer.length, null);
    if (length === 0) return;
    yield length === buffer.length ? buffer : buffer.subarray(0, length);
  }
}

function* readPart(fd: number, from: number, to: number, target: () => Uint8Array = ownBuffer()): Generator<Uint8Array> {
  for (let at = from; at < to;) {
    const buffer = target();
    const length = readSync(fd, buffer, 0, Math.min(buffer.length, to - at), at);
    if (length === 0) return;
    at += length;
    yield length === buffer.length ? buffer : buffer.subarray(0, length);
  }
}

function ownBuffer(): () => Uint8Array {
  const buffer = new Uint8Array(BUFFER_BYTES);
  return () => buffer;
}

async function* inTurns(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sinceTurn = 0;
  for (const chunk of chunks) {
    yield chunk;
    sinceTurn += chunk.length;
    if (sinceTurn < BYTES_PER_TURN) continue;
    sinceTurn = 0;
    await nextTurn();
  }
}

function streamSource(path: string, open: () => AsyncIterable<Uint8Array>): ByteSource {
  return { path, size: undefined, rereadable: false, chunks: open };
}

/**
 * A FIFO, read through the event loop: a blocking read would hold one of Node's few threads and keep the process from
 * ending on Ctrl-C. Opened without blocking it reads as ended until somebody writes, so a named FIFO is polled first.
 */
async function* readFifo(path: string | Buffer): AsyncGenerator<Uint8Array> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const first = new Uint8Array(BUFFER_BYTES);
  const named = !isAnonymousPipe(fd);
  for (;;) {
    let length: number;
    try {
      length = readSync(fd, first, 0, BUFFER_BYTES, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        closeSync(fd);
        throw error;
      }
      break;
    }
    if (length > 0) {
      yield first.subarray(0, length);
      break;
    }
    if (!named) {
      closeSync(fd);
      return;
    }
    await sleep(FIFO_POLL_MS);
  }
  yield* new Socket({ fd, readable: true, writable: false }) as AsyncIterable<Uint8Array>;
}

/** `/dev/fd/63` of a process substitution: its writer is there from the start, so an end is an end. */
function isAnonymousPipe(fd: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith('pipe:');
  } catch {
    return false;
  }
}
