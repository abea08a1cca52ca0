import type { ChassisReport, ChassisRow } from './chassis-document.ts';
import { bucketBlocks } from './format-bucket-blocks.ts';
import type { Block, BlockCell } from './format-blocks.ts';
import { formatCount } from './quantity.ts';

/** How each chassis of a sender places its stations' flows; nothing for senders that are one. */
export function chassisBlocks({ chassis }: ChassisReport): Block[] {
  if (chassis === undefined) return [];
  const ratio = ({ match, total }: ChassisRow['agreement']['flows']): string => `${formatCount(match)} of ${formatCount(total)}`;
  return [
    {
      kind: 'text',
      text: `${chassis.length} chassis behind one system: each places what comes to it over its own members. To which of them a station's frames come is not in the packet, and read off its frames.`,
    },
    {
      kind: 'table',
      columns: [
        { title: 'chassis with', align: 'left', minWidth: 12 },
        { title: 'policy', align: 'left', dropOrder: 1 },
        { title: 'stations', align: 'right', dropOrder: 2 },
        { title: 'flows as predicted', align: 'right' },
        { title: 'packets', align: 'right' },
        { title: 'buckets', align: 'right', dropOrder: 3 },
      ],
      rows: chassis.map(({ members, policy, stations, agreement, buckets }): BlockCell[] => [
        { text: members.join(' ') },
        { text: `${policy.id} (${policy.variant})` },
        { text: formatCount(stations) },
        { text: ratio(agreement.flows) },
        { text: ratio(agreement.packets) },
        { text: buckets === undefined ? '' : formatCount(buckets.length) },
      ]),
    },
    // Tables that stay as they are need no more than their number.
    ...chassis.flatMap((row) => ((row.bucketEvents ?? []).length === 0 ? [] : bucketBlocks(row))),
  ];
}
