import type { MachineName } from '../lacp/machines.ts';
import type { Lag } from './document.ts';
import type { LagPort, LagPdu, PortInfo } from './lacp-document.ts';
import type { Block, BlockCell, Tone } from './format-blocks.ts';
import { closingBlocks } from './format-flows-blocks.ts';
import { clockTime } from './iso-time.ts';
import { countNoun, formatCount } from './quantity.ts';
import type { TableColumn } from './table-layout.ts';
import { disagreementBlocks } from './format-disagreements.ts';
import { wiringBlocks } from './format-wiring-blocks.ts';
import type { LacpReport } from './write-lacp-json.ts';

/** Transitions listed per member for people, and PDUs per LAG: a flapping port must not push the answer off the screen. */
const MAX_TRANSITIONS = 40;
const MAX_PDUS = 200;

/** What a port state means, for people. */
export const PORT_STATE_TEXTS: Readonly<Record<LagPort['state'], string>> = {
  up: 'up',
  waiting: 'waiting: a partner is known, but the two ends are not both in sync, collecting and distributing',
  standby: 'standby: held back although partner and keys fit',
  expired: 'expired: the partner is no longer heard',
  'no-partner': 'no partner: no LACPDU is accepted here',
  individual: 'individual: carries data without a partner',
  silent: 'silent: sends no LACPDU',
  down: 'down: no LACPDU of either end any more',
};

export function lacpBlocks({ document, portsOf, pdusOf }: LacpReport): Block[] {
  const blocks: Block[] = [];
  for (const lag of document.lags) {
    blocks.push({ kind: 'heading', level: 1, text: summarizeLacp(lag) });
    const ports = portsOf?.(lag) ?? lag.ports ?? [];
    if (ports.length > 0) blocks.push(...portBlocks(lag, ports));
    blocks.push(...disagreementBlocks(lag), ...wiringBlocks(lag));
    if (pdusOf !== null) blocks.push(...pduBlocks(lag, pdusOf(lag.id)));
  }
  if (document.lags.length === 0) blocks.push({ kind: 'heading', level: 1, text: 'No LAG: no frame of a readable capture.' });
  blocks.push(...closingBlocks(document));
  return blocks;
}

/** One sentence: is LACP up, and where not. */
export function summarizeLacp(lag: Lag): string {
  const ports = lag.ports ?? [];
  if (ports.length === 0) return `${lag.id}: no LACPDU on any member.`;
  const members = lag.members.map((member) => member.name);
  const isUp = (name: string): boolean => ports.filter((port) => port.member === name).every((port) => port.state === 'up');
  const down = members.filter((name) => !isUp(name));
  if (down.length === 0)
    return `${lag.id}: LACP is up on ${members.length === 1 ? members[0] : `all ${members.length} members`}, at both ends.`;
  const details = down.map(
    (name) =>
      `${name} (${ports
        .filter((port) => port.member === name)
        .map((port) => `${port.side} ${port.state}`)
        .join(', ')})`,
  );
  return `${lag.id}: LACP is up on ${members.length - down.length} of ${countNoun(members.length, 'member')}; not on ${details.join(', ')}.`;
}

function column(title: string, more: Partial<TableColumn> = {}): TableColumn {
  return { title, align: 'left', ...more };
}

const right = (title: string, dropOrder?: number): TableColumn => ({ title, align: 'right', dropOrder });

function portBlocks(lag: Lag, ports: readonly LagPort[]): Block[] {
  const indexOf = new Map(lag.members.map((member) => [member.name, member.index]));
  const blocks: Block[] = [
    {
      kind: 'table',
      columns: [
        column('member', { minWidth: 6 }),
        column('side'),
        column('state'),
        column('actor bits', { minWidth: 18 }),
        column('actor', { minWidth: 18, dropOrder: 2 }),
        column('believes of its partner', { minWidth: 18, dropOrder: 1 }),
        right('PDUs', 3),
        right('every', 4),
        right('max', 5),
        right('asked', 6),
      ],
      rows: ports.map((port): BlockCell[] => [
        { text: port.member, member: indexOf.get(port.member) },
        { text: port.side, tone: 'bold' },
        { text: port.stateSource === 'timer' ? `${port.state} (timer)` : port.state, tone: stateTone(port.state) },
        { text: port.actor === null ? '' : bitsText(port.actor) },
        { text: port.actor === null ? '' : infoText(port.actor) },
        { text: port.partner === null ? '' : `${infoText(port.partner)} ${hex(port.partner.state)}` },
        { text: formatCount(port.pdus) },
        { text: seconds(port.interval.median) },
        { text: seconds(port.interval.max) },
        { text: seconds(port.interval.expected) },
      ]),
    },
  ];
  blocks.push(...machineBlocks(lag, ports));
  for (const { name, index } of lag.members) {
    const rows = ports
      .filter((port) => port.member === name)
      .flatMap((port) => port.transitions.map((transition) => ({ ...transition, side: port.side })))
      .sort((x, y) => (x.time < y.time ? -1 : x.time > y.time ? 1 : 0));
    if (rows.length === 0) continue;
    blocks.push({ kind: 'heading', level: 2, text: `${name}: what happened` });
    blocks.push({
      kind: 'table',
      columns: [
        column('time'),
        column('side'),
        column('event'),
        column('actor'),
        column('partner', { dropOrder: 2 }),
        right('frame', 1),
        column('why', { minWidth: 20 }),
      ],
      rows: rows
        .slice(0, MAX_TRANSITIONS)
        .map((row): BlockCell[] => [
          { text: clockTime(row.time) },
          { text: row.side, member: index },
          { text: row.event, tone: eventTone(row.event) },
          { text: hex(row.actorState) },
          { text: hex(row.partnerState) },
          { text: formatCount(row.packet) },
          { text: row.cause },
        ]),
    });
    const more = rows.length - MAX_TRANSITIONS;
    if (more > 0) blocks.push({ kind: 'text', tone: 'dim', text: `… ${countNoun(more, 'more transition')}: --json lists them.` });
  }
  return blocks;
}

/** The machines of every port at the end of the capture, each with the time since when. */
function machineBlocks(lag: Lag, ports: readonly LagPort[]): Block[] {
  const spoken = ports.filter((port) => port.machines !== null);
  if (spoken.length === 0) return [];
  const cell = (port: LagPort, machine: MachineName): BlockCell => {
    const since = port.machinesSince?.[machine] ?? null;
    return { text: `${port.machines?.[machine] ?? ''}${since === null ? '' : ` ${clockTime(since)}`}` };
  };
  const lookup = new Map(lag.members.map((member) => [member.name, member.index]));
  return [
    { kind: 'heading', level: 2, text: 'Machines, each since when' },
    {
      kind: 'table',
      columns: [
        column('member', { minWidth: 6 }),
        column('side'),
        column('receive'),
        column('periodic', { dropOrder: 3 }),
        column('mux'),
        column('actor churn', { dropOrder: 2 }),
        column('partner churn', { dropOrder: 1 }),
        right('up after', 4),
        right('data while not distributing', 5),
      ],
      rows: spoken.map((port): BlockCell[] => [
        { text: port.member, member: lookup.get(port.member) },
        { text: port.side, tone: 'bold' },
        cell(port, 'receive'),
        cell(port, 'periodic'),
        cell(port, 'mux'),
        cell(port, 'actorChurn'),
        cell(port, 'partnerChurn'),
        { text: seconds(port.secondsToDistributing) },
        { text: formatCount(port.data.whileNotDistributing) },
      ]),
    },
  ];
}

function pduBlocks(lag: Lag, pdus: { readonly length: number; at(i: number): LagPdu }): Block[] {
  const indexOf = new Map(lag.members.map((member) => [member.name, member.index]));
  const shown = Math.min(pdus.length, MAX_PDUS);
  const blocks: Block[] = [
    { kind: 'heading', level: 2, text: `${countNoun(pdus.length, 'LACPDU')}` },
    {
      kind: 'table',
      columns: [
        column('time'),
        column('member', { minWidth: 6 }),
        column('side'),
        right('frame', 1),
        column('actor', { minWidth: 20 }),
        column('partner', { minWidth: 20 }),
      ],
      rows: Array.from({ length: shown }, (_, i): BlockCell[] => {
        const pdu = pdus.at(i);
        return [
          { text: clockTime(pdu.time) },
          { text: pdu.member, member: indexOf.get(pdu.member) },
          { text: pdu.side ?? '?' },
          { text: formatCount(pdu.packet) },
          {
            text: pdu.malformed === null ? `${infoText(pdu.actor)} ${hex(pdu.actor.state)}` : `malformed: ${pdu.malformed}`,
            tone: pdu.malformed === null ? 'plain' : 'bad',
          },
          { text: pdu.malformed === null ? `${infoText(pdu.partner)} ${hex(pdu.partner.state)}` : '' },
        ];
      }),
    },
  ];
  if (pdus.length > shown)
    blocks.push({ kind: 'text', tone: 'dim', text: `… ${countNoun(pdus.length - shown, 'more LACPDU')}: --json lists them.` });
  return blocks;
}

function infoText({ system, key, port }: PortInfo): string {
  return `${system} key ${key} port ${port}`;
}

const LETTERS = ['A', 'T', 'G', 'S', 'C', 'D', 'F', 'E'];

/** `0x3f ATGSCD--`: the letters that tshark and switches use, Activity to Expired. */
function bitsText({ state }: PortInfo): string {
  return `${hex(state)} ${LETTERS.map((letter, bit) => ((state & (1 << bit)) === 0 ? '-' : letter)).join('')}`;
}

function hex(state: number): string {
  return `0x${state.toString(16).padStart(2, '0')}`;
}

function seconds(value: number | null): string {
  return value === null ? '' : `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} s`;
}

function stateTone(state: LagPort['state']): Tone {
  if (state === 'up') return 'good';
  return state === 'standby' || state === 'waiting' ? 'warn' : 'bad';
}

function eventTone(event: string): Tone {
  if (event === 'expired' || event === 'defaulted' || event === 'lost-sync' || event === 'silent') return 'bad';
  return event === 'distributing' || event === 'recovered' ? 'good' : 'plain';
}
