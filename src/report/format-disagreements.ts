import type { Lag } from './document.ts';
import type { Block } from './format-blocks.ts';
import { countNoun } from './quantity.ts';

/** Lines for people; --json has all. */
const MAX_LINES = 12;

/** What state texts say that the captures refute, one line each. */
export function disagreementBlocks({ disagreements = [] }: Lag): Block[] {
  if (disagreements.length === 0) return [];
  const blocks: Block[] = disagreements.slice(0, MAX_LINES).map(({ path, side, member, what, stated, observed }) => ({
    kind: 'item',
    mark: 'state text',
    tone: 'warn',
    text: `${path} says ${what} ${stated} of ${member === null ? `side ${side}` : `${member} at side ${side}`}; the captures show ${observed}`,
  }));
  const more = disagreements.length - MAX_LINES;
  if (more > 0)
    blocks.push({
      kind: 'text',
      tone: 'dim',
      text: `… ${countNoun(more, 'more disagreement')} of state text and captures: --json lists them.`,
    });
  return blocks;
}
