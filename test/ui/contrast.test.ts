/** WCAG 2.2, 1.4.3 and 1.4.11: the theme's colours against what they stand on. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const [light, dark] = readFileSync(new URL('../../src/ui/theme/tokens.css', import.meta.url), 'utf8')
  .split(":root[data-theme='dark']")
  .map((block) => new Map([...block.matchAll(/--([\w-]+):\s*#([0-9a-f]{3,6})\b/g)].map(([, name, hex]) => [name, hex])));

function luminance(hex: string): number {
  const full = hex.length === 3 ? hex.replaceAll(/./g, '$&$&') : hex;
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const value = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(first: string, second: string): number {
  const [high, low] = [luminance(first), luminance(second)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ['light', light],
  ['dark', new Map([...light, ...dark])],
])('the %s theme', (_name, theme) => {
  const of = (first: string, second: string): number => contrast(theme.get(first) ?? '', theme.get(second) ?? '');

  it('has text of 4.5:1 on every ground', () => {
    for (const text of ['text', 'muted', 'accent', 'error', 'warn', 'good'])
      for (const ground of ['page', 'surface', 'sunken', 'hover', 'chosen', 'error-soft', 'warn-soft'])
        expect(of(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    expect(of('on-accent', 'accent')).toBeGreaterThanOrEqual(4.5);
  });

  it('has members of 3:1, and text of 4.5:1 on them', () => {
    for (let i = 0; i < 8; i++) {
      expect(of(`member-${i}`, 'surface'), `member ${i}`).toBeGreaterThanOrEqual(3);
      expect(of(`on-member-${i}`, `member-${i}`), `on member ${i}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});
