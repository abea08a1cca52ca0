/** Files of `lacpviz serve`: listed and streamed by the page's own origin. */
import { replaceFiles, scan } from './analysis-store.ts';

interface ServedFile {
  readonly path: string;
  readonly name?: string;
  readonly size?: number;
}

export async function openServed(token: string): Promise<void> {
  const base = new URL(`api/${encodeURIComponent(token)}/files`, document.baseURI).href;
  try {
    const response = await fetch(base);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const list = (await response.json()) as readonly ServedFile[];
    replaceFiles(
      list.map((file, i) => ({
        path: file.path,
        memberName: file.name,
        size: file.size,
        content: { url: `${base}/${i}`, size: file.size },
      })),
    );
  } catch (error) {
    scan.value = {
      kind: 'failed',
      reason: `The files of lacpviz serve could not be listed: ${error instanceof Error ? error.message : String(error)}. Is it still running?`,
    };
  }
}
