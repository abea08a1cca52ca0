/** What a capture recipe consists of, before it becomes text. Texts are data for the writers: no escapes, no colours. */

export const CAPTURE_SYSTEMS = ['linux', 'ovs', 'span', 'esxi'] as const;
export type CaptureSystem = (typeof CAPTURE_SYSTEMS)[number];

/** Where a step's commands are typed: only those for a shell can be pasted into one. */
export type Shell = 'bash' | 'esxi' | 'ios' | 'nxos' | 'eos' | 'junos';

export interface RecipeStep {
  readonly title: string;
  /** Remarks to read before the commands are run. */
  readonly notes: readonly string[];
  readonly shell: Shell;
  /** Lines of commands; a compound command may take several lines. */
  readonly commands: readonly string[];
}

/** The commands to capture one LAG well on one kind of system, in the order in which they are run. */
export interface Recipe {
  readonly system: CaptureSystem;
  readonly title: string;
  readonly notes: readonly string[];
  readonly steps: readonly RecipeStep[];
}

export interface RecipeMember {
  readonly name: string;
  readonly permanentMac: string | null;
  readonly speedMbps: number | null;
  readonly linkUp: boolean | null;
}

/** A Linux bond as its host describes it. */
export interface HostBond {
  readonly name: string;
  /** In the order of enslaving, which is the order the hash indexes. */
  readonly members: readonly RecipeMember[];
  readonly mac: string | null;
  readonly mode: string | null;
  readonly policy: string | null;
  readonly lacpRate: 'fast' | 'slow' | null;
  /** Kernel release (`uname -r`). */
  readonly kernel: string | null;
  /** VLAN devices on the bond. */
  readonly vlans: readonly string[];
  /** VLAN devices on VLAN devices of the bond: two tags in a frame. */
  readonly stackedVlans: readonly string[];
  /** Tunnel devices of the host that are up: their frames may leave through the bond. */
  readonly tunnels: readonly string[];
  /** Bridge above the bond: frames of guests pass through it. */
  readonly bridge: string | null;
}

export interface RecipeOptions {
  /** Seconds to capture. */
  readonly seconds: number;
  /** Megabytes (10^6 bytes) kept per member. */
  readonly ringMegabytes: number;
  /** Tunnels are known to be in use. */
  readonly tunnels: boolean;
  /** The bond of this host, or null: names are then looked up by the commands. */
  readonly bond: HostBond | null;
}
