/** A chart as a file: the SVG on the page with the styles it has there written into it, or the same as PNG. */
import { safeName, saveFile } from '../store/save-file.ts';

/** What the page's style sheets may set on a shape or a text; all of them exist as attributes of SVG. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'paint-order',
  'shape-rendering',
  'visibility',
] as const;
const MARGIN = 16;
const TITLE = 30;
/** PNG has this many pixels to one of the page. */
const SCALE = 2;

export async function saveChart(charts: readonly SVGSVGElement[], title: string, kind: 'svg' | 'png'): Promise<void> {
  const ground = charts[0]?.closest('.panel') ?? document.body;
  const { text, width, height } = drawSheet(charts, title, getComputedStyle(ground).backgroundColor, getComputedStyle(ground).color);
  const svg = new Blob([text], { type: 'image/svg+xml' });
  const name = `lacpviz-${safeName(title)}`;
  if (kind === 'svg') {
    saveFile(`${name}.svg`, svg);
    return;
  }
  const url = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * SCALE;
    canvas.height = height * SCALE;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (png) saveFile(`${name}.png`, png);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** All charts of a panel, one below the other under its title. */
function drawSheet(
  charts: readonly SVGSVGElement[],
  title: string,
  ground: string,
  ink: string,
): { text: string; width: number; height: number } {
  const namespace = 'http://www.w3.org/2000/svg';
  const sheet = document.createElementNS(namespace, 'svg');
  let top = MARGIN + TITLE;
  let width = 0;
  const make = (name: string, attributes: Record<string, string | number>): SVGElement => {
    const element = document.createElementNS(namespace, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    return element;
  };
  const background = make('rect', { x: 0, y: 0, fill: ground });
  const heading = make('text', {
    x: MARGIN,
    y: MARGIN + 14,
    fill: ink,
    'font-family': 'system-ui, sans-serif',
    'font-size': 15,
    'font-weight': 600,
  });
  heading.textContent = title;
  sheet.append(background, heading);
  for (const chart of charts) {
    const box = chart.getBoundingClientRect();
    const copy = chart.cloneNode(true) as SVGSVGElement;
    writeStyles(chart, copy);
    for (const part of copy.querySelectorAll('.brush')) part.remove();
    for (const [key, value] of Object.entries({ x: MARGIN, y: top, width: box.width, height: box.height }))
      copy.setAttribute(key, String(value));
    for (const key of ['class', 'tabindex', 'role']) copy.removeAttribute(key);
    sheet.append(copy);
    top += box.height + MARGIN;
    width = Math.max(width, box.width);
  }
  const full = { width: Math.ceil(width + 2 * MARGIN), height: Math.ceil(top) };
  for (const element of [sheet, background]) {
    element.setAttribute('width', String(full.width));
    element.setAttribute('height', String(full.height));
  }
  sheet.setAttribute('viewBox', `0 0 ${full.width} ${full.height}`);
  return { text: `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(sheet)}\n`, ...full };
}

/** As attributes, not as style: an image may be shown where inline styles are refused. */
function writeStyles(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  for (const name of STYLES) {
    const value = style.getPropertyValue(name);
    if (value !== '') to.setAttribute(name, value);
  }
  to.removeAttribute('style');
  for (let i = 0; i < from.children.length; i++) writeStyles(from.children[i], to.children[i]);
}
