/** Captures of two LAGs in a row, host to switch A to switch B, with their LACPDUs: generated, and said to be so. */
import type { AnalysisInput } from '../../src/pipeline/analyze-captures.ts';
import { hashPacket } from './hash-packets.ts';
import { captureOf, lacpdu, type TimedFrame } from './lacp-frames.ts';
import type { Rule, TrafficFlow } from './lag-traffic.ts';

const HOST = '02:a0:00:00:00:0a';
const SWITCH_A = '02:b0:00:00:00:0b';
const SWITCH_B = '02:c0:00:00:00:0c';
/** Active, aggregatable, in sync, collecting, distributing. */
const UP = 0x3d;

/** Frames of a LAG's members: LACPDUs of both ends for ten seconds, every second. */
function lacpOf(from: string, to: string, members: number, key: number): TimedFrame[][] {
  return Array.from({ length: members }, (_, m) => {
    const end = (system: string) => ({ system, state: UP, port: m + 1, key });
    const src = (system: string): string => `${system.slice(0, -2)}${(16 + m).toString(16)}`;
    return Array.from({ length: 11 }, (_unused, second): TimedFrame[] => [
      { at: second, frame: lacpdu({ srcMac: src(from), actor: end(from), partner: end(to) }) },
      { at: second + 0.001, frame: lacpdu({ srcMac: src(to), actor: end(to), partner: end(from) }) },
    ]).flat();
  });
}

/** Where a sender that is no rule of the registry puts the flow of a number. */
export type Placer = Rule | { readonly members: number; readonly place: (flow: number) => number };

function placeOf(flow: TrafficFlow, number: number, by: Placer): number {
  if ('place' in by) return by.place(number);
  return hashPacket(flow.fields, by.policy, by.variant, 0, by.members).hash % by.members;
}

/**
 * Captures host1, host2, … and uplink1, uplink2, …: every flow passes the host's LAG and half a millisecond later that of
 * switch A. `reaches`: members of the first LAG that end at switch A, all unless told.
 */
export function tierCaptures(flows: readonly TrafficFlow[], first: Placer, second: Placer, reaches?: readonly number[]): AnalysisInput[] {
  const hosts = lacpOf(HOST, SWITCH_A, first.members, 15);
  const uplinks = lacpOf(SWITCH_A, SWITCH_B, second.members, 16);
  flows.forEach((flow, number) => {
    const at = 1 + (number % 397) / 100;
    const here = placeOf(flow, number, first);
    const then = placeOf(flow, number, second);
    for (let packet = 0; packet < 3; packet++) {
      hosts[here].push({ at: at + packet, frame: flow.frame });
      if (reaches === undefined || reaches.includes(here)) uplinks[then].push({ at: at + packet + 0.0005, frame: flow.frame });
    }
  });
  return [
    ...hosts.map((frames, m) => captureOf(`host${m + 1}`, frames)),
    ...uplinks.map((frames, m) => captureOf(`uplink${m + 1}`, frames)),
  ];
}
