/**
 * What a state text says, in terms the analysis can use. Every importer yields this; fields it does not know stay absent.
 * Parsers keep the tool's own words (slave, port) at their edge; here the terms are those of IEEE 802.1AX.
 */

/** One end's parameters of a port as a state text prints them. */
export interface PortParameters {
  readonly systemPriority?: number;
  readonly system?: string;
  readonly key?: number;
  readonly portPriority?: number;
  readonly port?: number;
  /** LACP state octet. */
  readonly state?: number;
}

export interface MemberFacts {
  readonly name: string;
  /** Permanent hardware address, lower case with colons. */
  readonly permanentMac?: string;
  /** Current hardware address where the text prints one. */
  readonly mac?: string;
  readonly ifIndex?: number;
  readonly speedMbps?: number;
  readonly duplex?: 'full' | 'half';
  readonly linkUp?: boolean;
  readonly linkFailures?: number;
  readonly aggregatorId?: number;
  readonly active?: boolean;
  readonly queueId?: number;
  readonly actorChurn?: string;
  readonly partnerChurn?: string;
  readonly actor?: PortParameters;
  readonly partner?: PortParameters;
}

export interface LagFacts {
  /** Name of the bond or port-channel as the text has it ("bond0"); null where the text does not say. */
  readonly name: string | null;
  /** `802.3ad`, `balance-xor`, `active-backup`, …, `ovs-balance-tcp`, …; absent if not said. */
  readonly mode?: string;
  /** Policy id of the registry, if the text names one. */
  readonly policy?: string;
  /** MAC address of the bond itself. */
  readonly mac?: string;
  /** LACP system. */
  readonly system?: string;
  readonly systemPriority?: number;
  readonly lacpActive?: boolean;
  readonly lacpRate?: 'fast' | 'slow';
  readonly minLinks?: number;
  readonly miiMonitorMs?: number;
  readonly adSelect?: string;
  readonly activeAggregatorId?: number;
  readonly aggregatorPorts?: number;
  readonly actorKey?: number;
  readonly partnerKey?: number;
  readonly partnerSystem?: string;
  readonly primaryMember?: string;
  readonly activeMember?: string;
  /** Members in the order of the text, which is the hash order for Linux bonds (order of enslaving). */
  readonly members: readonly MemberFacts[];
  /** True where the order of `members` is the sender's hash order. */
  readonly membersInHashOrder: boolean;
}

/** An interface that a text names, member or not (for names of SLL2 interface indices and for local MACs). */
export interface InterfaceFacts {
  readonly name: string;
  readonly ifIndex?: number;
  readonly mac?: string;
  readonly permanentMac?: string;
  /** Name of the bond this interface is a member of. */
  readonly master?: string;
  readonly kind?: string;
  readonly speedMbps?: number;
}

/** A line that an importer did not understand: named, never silently dropped. */
export interface UnknownLine {
  readonly line: number;
  readonly text: string;
}

export interface StateFacts {
  /** Id of the state format ("proc-net-bonding", "ip-link-json", …): `inputs[].format`. */
  readonly format: string;
  /** Kernel release as printed ("6.1.0-56-amd64"), if the text has one and it means a kernel. */
  readonly kernel?: string;
  readonly lags: readonly LagFacts[];
  readonly interfaces: readonly InterfaceFacts[];
  readonly unknownLines: readonly UnknownLine[];
}

/** A state format: one file, one line in the registry. */
export interface StateImporter {
  readonly id: string;
  readonly title: string;
  /** 0 (not mine) .. 1 (surely mine), by content only. */
  recognise(text: string): number;
  /** Never throws: what it does not understand goes to `unknownLines`. */
  parse(text: string): StateFacts;
}
