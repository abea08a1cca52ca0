/** Files of `lacpviz serve`: listed and streamed by the page's own origin. */
import { replaceFiles, scan } from './analysis-store.ts';

interface ServedFile {
  readonly path: string;
  readonly name?: string;
  readonly size?: number;
}

export async function openServed(token: string): Promise<void> {
  const base = new URL(`api/${encodeURIComponent(token)}`, document.baseURI).href;
  try {
    const list = (await fetchJson(`${base}/files`)) as readonly ServedFile[];
    replaceFiles(list.map(({ path, name, size }, i) => ({ path, memberName: name, size, content: { url: `${base}/files/${i}`, size } })));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    scan.value = { kind: 'failed', reason: `The files of lacpviz serve could not be listed: ${reason}. Is it still running?` };
  }
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json();
}
