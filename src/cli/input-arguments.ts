import { existsSync } from 'node:fs';
import type { Issue } from '../base/issue.ts';
import type { ByteSource } from '../pipeline/byte-source.ts';
import { usageError } from './exit-codes.ts';
import { nativePath } from './native-path.ts';
import { openFileSource, openStandardInput } from './node-file-source.ts';

export interface InputArgument {
  readonly path: string;
  readonly memberName?: string;
}

export interface OpenedInput extends InputArgument {
  readonly source?: ByteSource;
  readonly failure?: Issue;
}

/** `FILE`, `NAME=FILE` or `-`. A file of the literal name `NAME=FILE` comes first; a name never starts like a path. */
export function parseInputArgument(text: string, exists: (path: string) => boolean = isThere): InputArgument {
  const equals = text.indexOf('=');
  if (equals <= 0 || /^\.{0,2}\//.test(text) || exists(text)) return { path: text };
  const path = text.slice(equals + 1);
  if (path === '') throw usageError(`${text}: the file is missing; expected NAME=FILE`);
  return { path, memberName: text.slice(0, equals) };
}

function isThere(path: string): boolean {
  return existsSync(nativePath(path));
}

export function parseInputArguments(texts: readonly string[]): InputArgument[] {
  const inputs = texts.map((text) => {
    if (text === '') throw usageError('an empty file name was given');
    return parseInputArgument(text);
  });
  if (inputs.filter((input) => input.path === '-').length > 1) throw usageError("'-' (standard input) can be given only once");
  return inputs;
}

export function openInputs(inputs: readonly InputArgument[]): OpenedInput[] {
  return inputs.map((input) => ({ ...input, ...(input.path === '-' ? openStandardInput() : openFileSource(input.path)) }));
}
