import type { ComponentChildren } from 'preact';
import { useLater } from './turns.ts';

/** Draws its children in a turn of their own, after what stands above them. */
export function Later({ children }: { children: ComponentChildren }) {
  return useLater() ? <>{children}</> : null;
}
