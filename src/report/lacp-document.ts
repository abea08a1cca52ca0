/** What documents of `lacp` hold beside those of all commands: ports, machines, neighbours, cables, LACPDUs. */
import type { ControlKind } from '../lacp/control-frame.ts';
import type { StateBitName } from '../lacp/lacpdu.ts';
import type { MachineName, PortMachines } from '../lacp/machines.ts';
import type { Neighbour } from '../lacp/neighbour.ts';
import type { PortState } from '../lacp/port-history.ts';
import type { PortEvent } from '../lacp/port-transitions.ts';
import type { SideId } from './side-id.ts';

/** One end of a link as a LACPDU names it. */
export interface PortInfo {
  systemPriority: number;
  system: string;
  key: number;
  portPriority: number;
  port: number;
  state: number;
  /** Names of the bits set in `state`, from bit 0 on. */
  bits: StateBitName[];
}

export interface LagPortTransition {
  time: string;
  packet: number;
  path: string;
  actorState: number;
  partnerState: number;
  event: PortEvent;
  cause: string;
}

/** A machine of a port enters a state. */
export interface LagMachineChange {
  time: string;
  machine: MachineName;
  from: string | null;
  to: string;
  path: string | null;
  packet: number | null;
  cause: string;
}

/** One end of one member in a document of `lacp`. What no PDU told is null. */
export interface LagPort {
  member: string;
  side: SideId;
  actor: PortInfo | null;
  partner: PortInfo | null;
  mac: string | null;
  version: number | null;
  pdus: number;
  interval: { median: number | null; max: number | null; expected: number | null };
  state: PortState;
  stateSource: 'pdu' | 'timer';
  since: string | null;
  machines: PortMachines | null;
  /** Since when each machine is in that state. */
  machinesSince: Record<MachineName, string | null> | null;
  /** Every state the machines were in; `path` and `packet` are null where only a timer moved it. */
  machineChanges: LagMachineChange[];
  /** Data frames of this end on this member, by what its LACPDUs said then; `unclear` is close to a change of it, or before the first LACPDU. */
  data: { whileDistributing: number; whileNotDistributing: number; unclear: number };
  secondsToDistributing: number | null;
  transitions: LagPortTransition[];
}

/** What a port says of itself by LLDP, CDP or PAgP, in a document of `lacp`. */
export interface LagNeighbour extends Neighbour {
  member: string;
  side: SideId | null;
  /** The sender has taken it back since (time to live 0). */
  withdrawn: boolean;
  frames: number;
  path: string;
  packet: number;
  time: string;
}

/** Frames of one protocol that ports speak for themselves, on one member. */
export interface LagControl {
  member: string;
  kind: ControlKind;
  packets: number;
  firstTime: string;
  lastTime: string;
}

/** Where one end of a member is plugged in, and what says so. */
export interface LagCableEnd {
  system: string | null;
  port: string | null;
  aggregate: number | null;
  by: 'lldp' | 'cdp' | 'pagp' | 'state' | 'lacp';
}

export interface LagCable {
  member: string;
  a: LagCableEnd | null;
  b: LagCableEnd | null;
}

/** One LACPDU in a document of `lacp --pdus`. */
export interface LagPdu {
  path: string;
  packet: number;
  time: string;
  member: string;
  side: SideId | null;
  srcMac: string;
  subtype: number;
  version: number;
  actor: PortInfo;
  partner: PortInfo;
  collectorMaxDelay: number | null;
  tlvs: { type: number; length: number }[];
  malformed: string | null;
}
