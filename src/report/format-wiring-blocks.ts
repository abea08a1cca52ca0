import type { Lag } from './document.ts';
import type { LagCableEnd } from './lacp-document.ts';
import type { Block, BlockCell } from './format-blocks.ts';
import { countNoun, formatCount } from './quantity.ts';

/** What people call the protocols. */
const KIND_TEXTS: Readonly<Record<string, string>> = {
  lacp: 'LACPDUs',
  marker: 'Marker',
  oam: 'OAM',
  ossp: 'OSSP',
  slow: 'other Slow Protocols',
  lldp: 'LLDP',
  cdp: 'CDP',
  pagp: 'PAgP',
  vtp: 'VTP',
  dtp: 'DTP',
  udld: 'UDLD',
  pvst: 'PVST+',
  stp: 'spanning tree',
  pause: 'PAUSE',
  eapol: '802.1X',
  edp: 'EDP',
  fdp: 'FDP',
  'link-local': 'other link-local',
};

/** Where the cables go, and which protocols the ports speak for themselves. */
export function wiringBlocks(lag: Lag): Block[] {
  const blocks: Block[] = [];
  const cables = lag.cables ?? [];
  if (isWiringKnown(lag)) {
    blocks.push({ kind: 'heading', level: 2, text: 'Cables' });
    blocks.push({
      kind: 'table',
      columns: [
        { title: 'member', align: 'left', minWidth: 6 },
        { title: 'side a', align: 'left', minWidth: 12 },
        { title: 'side b', align: 'left', minWidth: 12 },
      ],
      rows: cables.map(({ member, a, b }): BlockCell[] => [
        { text: member, member: lag.members.find(({ name }) => name === member)?.index },
        { text: cableEndText(a) },
        { text: cableEndText(b) },
      ]),
    });
  }
  for (const text of endTexts(lag)) blocks.push({ kind: 'text', text });
  const control = controlText(lag);
  if (control !== '') blocks.push({ kind: 'text', tone: 'dim', text: control });
  return blocks;
}

/** Who probably made each end, and whether two chassis stand behind one; a sentence each. */
export function endTexts({ makers = [], chassis = [] }: Pick<Lag, 'makers' | 'chassis'>): string[] {
  return [
    ...makers.map(({ side, maker, why }) => `Side ${side} is probably ${maker} (${why}).`),
    ...chassis.map(
      ({ side, groups, why }) =>
        `Side ${side} is probably two chassis under one system identifier (MLAG, vPC, stack): ${groups.map((names) => names.join(' ')).join(' and ')} (${why}).`,
    ),
  ];
}

/** Frames of other protocols that ports speak for themselves, in one sentence; empty where there are none. */
export function controlText({ control }: Pick<Lag, 'control'>): string {
  const kinds = new Map<string, number>();
  for (const { kind, packets } of control ?? []) if (kind !== 'lacp') kinds.set(kind, (kinds.get(kind) ?? 0) + packets);
  if (kinds.size === 0) return '';
  const parts = [...kinds].map(([kind, packets]) => `${KIND_TEXTS[kind] ?? kind} ${formatCount(packets)}`);
  return `Beside LACPDUs the ports sent frames of ${countNoun(kinds.size, 'protocol')}: ${parts.join(', ')}.`;
}

/** Cables of which something else than LACP tells: port numbers of LACP stand in the table of ports already. */
export function isWiringKnown({ cables }: Pick<Lag, 'cables'>): boolean {
  return (cables ?? []).some(({ a, b }) => [a, b].some((end) => end !== null && end.by !== 'lacp'));
}

/** Where one end is plugged in, in words; empty where nothing tells. */
export function cableEndText(end: LagCableEnd | null): string {
  if (end === null) return '';
  const port = end.by === 'lacp' && end.port !== null ? `port ${end.port}` : (end.port ?? '');
  const aggregate = end.aggregate === null ? '' : `, aggregated port ${end.aggregate}`;
  return `${[end.system ?? '', port].filter((text) => text !== '').join(' ')}${aggregate} (${end.by === 'state' ? 'state text' : end.by.toUpperCase()})`;
}
