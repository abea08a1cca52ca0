/**
 * The built page as one HTML file that opens from a folder, without any request: script and styles within it, allowed by
 * their digests. `SAMPLES_BLOCK` and the end of the body are where data blocks go.
 */
import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';
import { readBundledSamples } from './vite-bundled-samples.ts';

const FILE_NAME = 'lacpviz.html';
const SAMPLES_ID = 'lacpviz-samples';

export function singleFile(): Plugin {
  return {
    name: 'single-file',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle['index.html'];
      if (page?.type !== 'asset') throw new Error('the page is missing');
      let html = String(page.source);
      const digests = { script: [] as string[], style: [] as string[] };
      for (const [name, file] of Object.entries(bundle)) {
        if (name === 'index.html') continue;
        if (file.type === 'chunk' && file.isEntry) {
          const code = file.code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
          html = replaceTag(html, new RegExp(`<script[^>]*src="[^"]*${escapeExpression(name)}"[^>]*></script>`), '');
          html = beforeBodyEnd(html, `<script type="module">${code}</script>`);
          digests.script.push(digest(code));
        } else if (file.type === 'asset' && name.endsWith('.css')) {
          const css = String(file.source);
          html = replaceTag(html, new RegExp(`<link[^>]*href="[^"]*${escapeExpression(name)}"[^>]*>`), `<style>${css}</style>`);
          digests.style.push(digest(css));
        } else throw new Error(`${name} would lie beside the page`);
        delete bundle[name];
      }
      html = replaceTag(html, /(<meta\s+http-equiv="Content-Security-Policy"\s+content=")[^"]*"/, `$1${policy(digests)}"`);
      const samples = JSON.stringify(readBundledSamples()).replaceAll('<', '\\u003c');
      html = beforeBodyEnd(html, `<script type="application/json" id="${SAMPLES_ID}">${samples}</script>`);
      delete bundle['index.html'];
      this.emitFile({ type: 'asset', fileName: FILE_NAME, source: html });
    },
  };
}

function policy({ script, style }: { script: readonly string[]; style: readonly string[] }): string {
  return [
    "default-src 'none'",
    // The last word allows the compiled loops over frames, nothing else.
    `script-src ${script.join(' ')} 'wasm-unsafe-eval'`,
    `style-src ${style.join(' ')}`,
    'img-src data: blob:',
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** The last end of a body is the page's: code may speak of others. */
function beforeBodyEnd(html: string, block: string): string {
  const end = html.lastIndexOf('</body>');
  if (end < 0) throw new Error('the page has no body');
  return `${html.slice(0, end)}${block}\n  ${html.slice(end)}`;
}

/** `$1` in front stands for what the tag's first group holds; all else is text: code is full of dollar signs. */
function replaceTag(html: string, tag: RegExp, by: string): string {
  if (!tag.test(html)) throw new Error(`the page has no ${tag.source}`);
  return html.replace(tag, (...groups: string[]) => (by.startsWith('$1') ? groups[1] + by.slice(2) : by));
}

function digest(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
