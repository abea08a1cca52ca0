/** LACPDUs written from IEEE 802.1AX-2020 6.4.2.3: captures for what no real one here shows. Generated, and said to be so. */
import { openInputs } from '../../src/cli/input-arguments.ts';
import type { AnalysisInput } from '../../src/pipeline/analyze.ts';
import { buildPcap, type BuiltRecord } from './capture-builder.ts';
import { bytesOf, mac, u16 } from './frame-builder.ts';
import { memoryInput } from './memory-input.ts';

export interface EndFields {
  readonly system: string;
  readonly state: number;
  readonly priority?: number;
  readonly key?: number;
  readonly portPriority?: number;
  readonly port?: number;
}

export const NOBODY: EndFields = { system: '00:00:00:00:00:00', state: 0, priority: 0, key: 0, portPriority: 0, port: 0 };

export interface PduFields {
  readonly srcMac: string;
  readonly actor: EndFields;
  readonly partner: EndFields;
  readonly version?: number;
  /** VLAN id of a tag, which no standard port accepts. */
  readonly vlan?: number;
  /** Length that the actor TLV claims. */
  readonly actorLength?: number;
}

/** An Ethernet frame of 124 bytes. */
export function lacpdu({ srcMac, actor, partner, version = 1, vlan, actorLength = 20 }: PduFields): Uint8Array {
  const tag = vlan === undefined ? [] : [0x81, 0x00, ...u16(vlan)];
  const head = bytesOf(
    mac('01:80:c2:00:00:02'),
    mac(srcMac),
    tag,
    [0x88, 0x09, 1, version, 1, actorLength],
    end(actor),
    [2, 20],
    end(partner),
    [3, 16, 0, 0],
  );
  const frame = new Uint8Array(124 + tag.length);
  frame.set(head);
  return frame;
}

function end({ system, state, priority = 65535, key = 15, portPriority = 255, port = 1 }: EndFields): number[] {
  return [...u16(priority), ...mac(system), ...u16(key), ...u16(portPriority), ...u16(port), state, 0, 0, 0];
}

/** The start of all generated captures: 2026-11-21T00:00:00Z. */
export const START_SECONDS = 1_795_219_200;

export interface TimedFrame {
  /** Seconds from START_SECONDS. */
  readonly at: number;
  readonly frame: Uint8Array;
}

/** A capture of one member as an input of the analysis, the name of the file being the member's. */
export function captureOf(name: string, frames: readonly TimedFrame[]): AnalysisInput {
  const records = [...frames]
    .sort((x, y) => x.at - y.at)
    .map(({ at, frame }): BuiltRecord => ({
      seconds: START_SECONDS + Math.floor(at),
      fraction: Math.round((at - Math.floor(at)) * 1e6),
      data: frame,
    }));
  return memoryInput(`${name}.pcap`, buildPcap(records));
}

/** Files beside generated captures. */
export function filesOf(paths: readonly string[]): AnalysisInput[] {
  return openInputs(paths.map((path) => ({ path })));
}
