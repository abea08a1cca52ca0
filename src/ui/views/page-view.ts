import type { ComponentChildren } from 'preact';

export interface PageView {
  /** As in the fragment: `view=flows`. */
  readonly id: string;
  readonly title: string;
  /** Key that opens it. */
  readonly key: string;
  /** Needs no captures. */
  readonly standsAlone?: boolean;
  render(): ComponentChildren;
}
