import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';

/**
 * Arguments as they were typed. File names of Linux are bytes; where some are no UTF-8, all above ASCII of that argument
 * are written `\xe9`, which stays readable and leads back to the file.
 */
export function nativeArguments(args: readonly string[]): readonly string[] {
  let typed: Buffer[];
  try {
    typed = splitAtZero(readFileSync('/proc/self/cmdline')).slice(-args.length);
  } catch {
    return args;
  }
  return args.map((arg, i) => (arg === typed[i].toString('utf8') && !isUtf8(typed[i]) ? escapeBytes(typed[i]) : arg));
}

/** The name to open: a file that is called so, else the bytes that `nativeArguments` wrote as text. */
export function nativePath(path: string): string | Buffer {
  if (!path.includes('\\x') || existsSync(path)) return path;
  const bytes = path.replace(/\\x[89a-f][0-9a-f]/g, (escaped) => String.fromCharCode(Number.parseInt(escaped.slice(2), 16)));
  return /[^\0-\xff]/.test(bytes) ? path : Buffer.from(bytes, 'latin1');
}

function splitAtZero(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0, from);
    const to = end < 0 ? bytes.length : end;
    parts.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return parts;
}

function escapeBytes(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}
