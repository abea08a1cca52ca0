/** Data of a LAG written from flows, each placed where a policy puts it. Generated, and said to be so. */
import type { FlowFieldsInput } from '../../src/flows/flow-fields.ts';
import { randomSource } from '../../src/plan/random.ts';
import { ethernet, ipv4, tcp, udp } from './frame-builder.ts';
import { hashPacket } from './hash-packets.ts';
import type { TimedFrame } from './lacp-frames.ts';

export const HERE = '02:a0:00:00:00:0a';
export const THERE = '02:b0:00:00:00:0b';

/** A flow of side a: its frame, and the fields by which a policy sees it. */
export interface TrafficFlow {
  readonly frame: Uint8Array;
  readonly fields: FlowFieldsInput;
  readonly packets?: number;
  /** Seconds of the first frame, and between frames. */
  readonly from?: number;
  readonly every?: number;
}

export interface Ends {
  readonly src: readonly [number, number, number, number];
  readonly dst: readonly [number, number, number, number];
  readonly srcPort: number;
  readonly dstPort: number;
  readonly srcMac?: string;
  readonly dstMac?: string;
  /** IPv4 flags and fragment offset. */
  readonly fragment?: number;
}

export function tcpFlow(ends: Ends, size = 100, more: Partial<TrafficFlow> = {}): TrafficFlow {
  return portFlow(6, ends, tcp(ends.srcPort, ends.dstPort, new Uint8Array(Math.max(0, size - 54))), more);
}

export function udpFlow(ends: Ends, payload: Uint8Array = new Uint8Array(58), more: Partial<TrafficFlow> = {}): TrafficFlow {
  return portFlow(17, ends, udp(ends.srcPort, ends.dstPort, payload), more);
}

function portFlow(protocol: 6 | 17, ends: Ends, payload: Uint8Array, more: Partial<TrafficFlow>): TrafficFlow {
  const [srcMac, dstMac] = [ends.srcMac ?? HERE, ends.dstMac ?? THERE];
  const isFragment = ends.fragment !== undefined;
  return {
    frame: ethernet(0x0800, ipv4(protocol, payload, { src: ends.src, dst: ends.dst, fragment: ends.fragment }), {
      src: srcMac,
      dst: dstMac,
    }),
    fields: {
      srcMac,
      dstMac,
      etherType: '0x0800',
      src: ends.src.join('.'),
      dst: ends.dst.join('.'),
      protocol: protocol === 6 ? 'tcp' : 'udp',
      ...(isFragment ? { fragment: 'first' as const } : {}),
      srcPort: ends.srcPort,
      dstPort: ends.dstPort,
    },
    ...more,
  };
}

/** Any IPv4 packet between two hosts: a tunnel, for example. `fields` adds what a policy sees beside the addresses. */
export function ipFlow(protocol: number, ends: Pick<Ends, 'src' | 'dst'>, payload: Uint8Array, fields: FlowFieldsInput = {}): TrafficFlow {
  return {
    frame: ethernet(0x0800, ipv4(protocol, payload, ends), { src: HERE, dst: THERE }),
    fields: { srcMac: HERE, dstMac: THERE, etherType: '0x0800', src: ends.src.join('.'), dst: ends.dst.join('.'), protocol, ...fields },
  };
}

export interface Rule {
  readonly policy: string;
  readonly variant: string;
  readonly members: number;
}

/** Frames of each member. */
export function placeTraffic(flows: readonly TrafficFlow[], { policy, variant, members }: Rule): TimedFrame[][] {
  const placed = Array.from({ length: members }, (): TimedFrame[] => []);
  flows.forEach((flow, f) => {
    const { hash } = hashPacket(flow.fields, policy, variant, 0, members);
    const { packets = 5, from = 1 + (f % 97) / 100, every = 0.2 } = flow;
    for (let p = 0; p < packets; p++) placed[hash % members].push({ at: from + p * every, frame: flow.frame });
  });
  return placed;
}

/** Flows between random hosts of two networks, on random ports, of random length. */
export function randomFlows(count: number, seed: number): TrafficFlow[] {
  const random = randomSource(seed);
  const number = (below: number): number => Math.floor(random() * below);
  return Array.from({ length: count }, () =>
    tcpFlow(
      {
        src: [10, 0, number(4), number(256)],
        dst: [10, 1, number(4), number(256)],
        srcPort: 1024 + number(60_000),
        dstPort: 1024 + number(60_000),
      },
      60 + number(200),
    ),
  );
}
