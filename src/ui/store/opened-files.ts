/** The files of the analysis, from wherever they came. Bytes stay where they are: a File is a handle. */
import { signal } from '@preact/signals';
import type { FileContent } from '../web-byte-source.ts';

export interface OpenedFile {
  readonly path: string;
  /** Name of the member the user gave, if any. */
  readonly memberName?: string;
  /** Bytes, or undefined where not known. */
  readonly size: number | undefined;
  readonly content: FileContent;
}

export const openedFiles = signal<readonly OpenedFile[]>([]);

/** Adds to what is open. The very same file (name, size, time) is taken once; another one of that name gets a number. */
export function withFiles(current: readonly OpenedFile[], added: readonly OpenedFile[]): readonly OpenedFile[] {
  const all = [...current];
  for (const file of added) {
    if (all.some((other) => isSame(other, file))) continue;
    all.push({ ...file, path: freePath(file.path, all) });
  }
  return all;
}

function isSame(first: OpenedFile, second: OpenedFile): boolean {
  if (first.content instanceof File && second.content instanceof File) {
    return (
      first.path === second.path && first.content.size === second.content.size && first.content.lastModified === second.content.lastModified
    );
  }
  return typeof first.content === 'string' && first.content === second.content;
}

function freePath(path: string, files: readonly OpenedFile[]): string {
  let candidate = path;
  for (let n = 2; files.some((file) => file.path === candidate); n++) {
    const dot = path.lastIndexOf('.');
    candidate = dot > 0 ? `${path.slice(0, dot)} (${n})${path.slice(dot)}` : `${path} (${n})`;
  }
  return candidate;
}

export function fromFiles(files: Iterable<File>): OpenedFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, size: file.size, content: file }));
}

export function fromText(text: string): OpenedFile {
  return { path: 'pasted text.txt', size: new TextEncoder().encode(text).length, content: text };
}

/** Files of a drop, folders walked. Must be called in the event itself: the browser clears the data afterwards. */
export async function fromDrop(data: DataTransfer): Promise<OpenedFile[]> {
  const entries = [...data.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry());
  const plain = [...data.files];
  if (entries.every((entry) => entry === null || entry.isFile)) return fromFiles(plain);
  const found: OpenedFile[] = [];
  for (const entry of entries) if (entry) await walkEntry(entry, found);
  return found;
}

async function walkEntry(entry: FileSystemEntry, found: OpenedFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File | null>((resolve) => (entry as FileSystemFileEntry).file(resolve, () => resolve(null)));
    if (file) found.push({ path: entry.fullPath.replace(/^\//, ''), size: file.size, content: file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader hands out its entries in portions; an empty one is the end.
    const portion = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (portion.length === 0) return;
    for (const child of portion) await walkEntry(child, found);
  }
}
