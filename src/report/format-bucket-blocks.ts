import { clockTime } from './iso-time.ts';
import { countNoun } from './quantity.ts';
import type { Block, BlockCell } from './format-blocks.ts';
import type { BucketEventRow, BucketReport } from './bucket-document.ts';

const MAX_EVENTS = 12;
const MAX_MOVES = 6;
/** Buckets of an Open vSwitch bond. */
const BUCKETS = 256;

const KIND_TEXTS: Readonly<Record<BucketEventRow['kind'], string>> = {
  rebalance: 'rebalanced',
  'member-down': 'lost',
  'map-changed': 'table drawn anew',
};

/** How many buckets are known, and when and why they moved; nothing for senders without buckets. */
export function bucketBlocks({ buckets, bucketEvents = [], rebalanceInterval }: BucketReport): Block[] {
  if (buckets === undefined) return [];
  const told = buckets.filter(({ source }) => source === 'state').length;
  const from =
    told === 0 ? 'learned from the captures' : told === buckets.length ? 'told by a state text' : `${told} of them told by a state text`;
  const interval = rebalanceInterval === null || rebalanceInterval === undefined ? '' : intervalText(rebalanceInterval);
  const blocks: Block[] = [{ kind: 'text', text: `Buckets: the member of ${buckets.length} of ${BUCKETS} is known, ${from}${interval}.` }];
  if (bucketEvents.length === 0) return blocks;
  blocks.push({
    kind: 'table',
    columns: [
      { title: 'buckets moved at', align: 'left' },
      { title: 'why', align: 'left' },
      { title: 'buckets', align: 'right' },
      { title: 'which', align: 'left', minWidth: 16 },
    ],
    rows: bucketEvents
      .slice(0, MAX_EVENTS)
      .map((event): BlockCell[] => [
        { text: clockTime(event.toTime) },
        { text: event.member === null ? KIND_TEXTS[event.kind] : `${event.member} ${KIND_TEXTS[event.kind]}` },
        { text: String(event.moves.length) },
        { text: movesText(event) },
      ]),
  });
  const more = bucketEvents.length - MAX_EVENTS;
  if (more > 0) blocks.push({ kind: 'text', tone: 'dim', text: `… ${countNoun(more, 'more change')} of buckets: --json lists them.` });
  return blocks;
}

function intervalText(seconds: number): string {
  return seconds === 0 ? '; rebalancing is off' : `; rebalanced every ${seconds} s`;
}

function movesText({ moves }: BucketEventRow): string {
  const shown = moves.slice(0, MAX_MOVES).map(({ bucket, from, to }) => `${bucket} ${from}→${to}`);
  return moves.length > MAX_MOVES ? `${shown.join(', ')} …` : shown.join(', ');
}
