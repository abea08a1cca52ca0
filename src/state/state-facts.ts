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

/** Counters of an interface since its driver or daemon started to count. */
export interface InterfaceCounters {
  readonly rxBytes?: number;
  readonly rxPackets?: number;
  readonly rxMulticastPackets?: number;
  readonly rxDropped?: number;
  readonly rxErrors?: number;
  readonly txBytes?: number;
  readonly txPackets?: number;
  readonly txDropped?: number;
  readonly txErrors?: number;
}

/** LACPDU counters of one port. */
export interface LacpCounters {
  readonly txPdus?: number;
  readonly rxPdus?: number;
  readonly rxBadPdus?: number;
  readonly expired?: number;
  readonly defaulted?: number;
  readonly carrierChanges?: number;
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
  /** The text says that this member carries data (or is the active one of an active-backup bond). */
  readonly active?: boolean;
  readonly queueId?: number;
  readonly actorChurn?: string;
  readonly partnerChurn?: string;
  readonly actorChurnedCount?: number;
  readonly partnerChurnedCount?: number;
  readonly actor?: PortParameters;
  readonly partner?: PortParameters;
  /** Open vSwitch: the member may be used (`enabled` of bond/show). */
  readonly enabled?: boolean;
  /** Open vSwitch: `may_enable`, LACP and link allow the member to be used. */
  readonly mayEnable?: boolean;
  /** Open vSwitch lacp/show: `current attached`, `defaulted detached`, … as printed. */
  readonly lacpStatus?: string;
  /** OpenFlow port number of the member. */
  readonly openflowPort?: number;
  /** Datapath port number of the member (dpif/show). */
  readonly datapathPort?: number;
  /** Switches: the flag letters beside the port (`P`, `D`, `s`, `H`, `I`, `w` …), as printed. */
  readonly flags?: string;
  /** Switches: the buckets of this member, bit n = bucket n (the hexadecimal load of `show etherchannel port-channel`). */
  readonly loadMask?: number;
  /** Name of the port of the other end as LLDP, CDP or the text itself gives it. */
  readonly partnerPortName?: string;
  readonly counters?: InterfaceCounters;
  readonly lacpCounters?: LacpCounters;
}

/** One of the 256 hash buckets of an Open vSwitch bond, or one of a switch's result buckets. */
export interface BucketFacts {
  readonly bucket: number;
  /** Name of the member that holds it; absent where the text has only numbers. */
  readonly member?: string;
  readonly openflowPort?: number;
  readonly datapathPort?: number;
  /** Recent load in kilobytes as bond/show prints it (bytes halved at every rebalancing round). */
  readonly loadKilobytes?: number;
  readonly packets?: number;
  readonly bytes?: number;
}

export interface LagFacts {
  /** Name of the bond or port-channel as the text has it ("bond0"); null where the text does not say. */
  readonly name: string | null;
  /** `802.3ad`, `balance-xor`, `active-backup`, …, `ovs-balance-tcp`, …, `static`; absent if not said. */
  readonly mode?: string;
  /** Policy id of the registry, if the text names one and the mode uses it. */
  readonly policy?: string;
  /** The text gives no policy: `policy` is the default of the driver. */
  readonly policyIsDefault?: boolean;
  /** The policy's name as the text has it, also where the mode does not use it or no id fits. */
  readonly policyText?: string;
  /** What was asked for (a configuration file), not what runs. */
  readonly configured?: boolean;
  /** MAC address of the bond itself. */
  readonly mac?: string;
  readonly ifIndex?: number;
  readonly linkUp?: boolean;
  readonly speedMbps?: number;
  /** LACP system. */
  readonly system?: string;
  readonly systemPriority?: number;
  readonly lacpActive?: boolean;
  readonly lacpRate?: 'fast' | 'slow';
  /** Open vSwitch: `negotiated`, `configured`, `off`. */
  readonly lacpStatus?: string;
  readonly lacpFallbackToActiveBackup?: boolean;
  readonly minLinks?: number;
  readonly miiMonitorMs?: number;
  readonly arpIntervalMs?: number;
  readonly arpTargets?: readonly string[];
  readonly upDelayMs?: number;
  readonly downDelayMs?: number;
  readonly failOverMac?: string;
  readonly primaryReselect?: string;
  /** balance-tlb, balance-alb: 0 means that the transmit policy is used. */
  readonly tlbDynamicLoadBalancing?: boolean;
  readonly adSelect?: string;
  readonly userPortKey?: number;
  readonly activeAggregatorId?: number;
  readonly aggregatorPorts?: number;
  readonly actorKey?: number;
  readonly partnerKey?: number;
  readonly partnerSystem?: string;
  readonly primaryMember?: string;
  readonly activeMember?: string;
  /** MAC address of the active member, where a text names it so. */
  readonly activeMemberMac?: string;
  /** Members in the order of the text, which is the hash order for Linux bonds (order of enslaving). */
  readonly members: readonly MemberFacts[];
  /** True where the order of `members` is the sender's hash order. */
  readonly membersInHashOrder: boolean;
  /** Open vSwitch `bond-hash-basis`. */
  readonly hashBasis?: number;
  /** Open vSwitch `lb-output-action`: the hash is used without basis and second step. */
  readonly lbOutput?: boolean;
  readonly rebalanceIntervalMs?: number;
  readonly nextRebalanceMs?: number;
  readonly recirculationId?: number;
  /** Id of the bond in the userspace datapath (`bond-id` of bond/show and dpif-netdev/bond-show). */
  readonly datapathBondId?: number;
  /** Open vSwitch database ids of the member interfaces (`list port` names members only so). */
  readonly memberUuids?: readonly string[];
  /** Open vSwitch datapath: `netdev` (userspace) or `system` (kernel, keyed hash). */
  readonly datapathType?: string;
  readonly buckets?: readonly BucketFacts[];
  /** Linux bridge or Open vSwitch bridge the LAG is a port of. */
  readonly bridge?: string;
  readonly vlanMode?: string;
  readonly tag?: number;
  readonly trunks?: readonly number[];
  /** Switches: `LACP`, `PAgP`, `-` (static) as printed. */
  readonly protocol?: string;
  /** Switches: the flags of the port-channel (`SU`), as printed. */
  readonly flags?: string;
  readonly counters?: InterfaceCounters;
  readonly outputDiscards?: number;
}

/** What the other end of a link says of itself by LLDP. */
export interface NeighborFacts {
  readonly chassis?: string;
  readonly systemName?: string;
  readonly port?: string;
  readonly portDescription?: string;
  /** Interface index of the neighbour's aggregate (802.3 link aggregation TLV). */
  readonly aggregateId?: number;
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
  readonly duplex?: 'full' | 'half';
  readonly linkUp?: boolean;
  readonly driver?: string;
  readonly openflowPort?: number;
  readonly datapathPort?: number;
  readonly linkResets?: number;
  /** Open vSwitch database id. */
  readonly uuid?: string;
  /** Open vSwitch: LACP partner heard lately (`lacp_current`). */
  readonly lacpCurrent?: boolean;
  readonly neighbor?: NeighborFacts;
  /** Bridge the interface is a port of. */
  readonly bridge?: string;
  readonly counters?: InterfaceCounters;
}

/** Policy a switch or host uses for all its LAGs (`show etherchannel load-balance`). */
export interface SystemPolicy {
  readonly policy?: string;
  readonly policyText: string;
}

/** Something a text shows that is worth a finding; `id` is one of the published finding ids. */
export interface StateNote {
  readonly id: string;
  /** 1-based line in the text it was read from. */
  readonly line: number;
  readonly lag?: string;
  readonly member?: string;
  readonly detail: string;
}

/** A MAC address that a bridge or switch has learned. */
export interface LearnedMac {
  readonly mac: string;
  readonly vlan: number;
  /** Name of the port where the text has names. */
  readonly port?: string;
  readonly openflowPort?: number;
}

/** A line of a log, where a text has a time it is kept as printed (logs seldom name the year). */
export interface LogEvent {
  readonly line: number;
  readonly time?: string;
  readonly lag?: string;
  readonly member?: string;
  readonly message: string;
  /** Open vSwitch: a bucket that was moved by rebalancing. */
  readonly bucketMove?: { readonly bucket: number; readonly from: string; readonly to: string; readonly kilobytes: number };
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
  /** The command at the shell prompt above the output, if the text has it. */
  readonly command?: string;
  /** Host name of the shell prompt, if the text has it. */
  readonly host?: string;
  /** 1-based line of the text where the output starts. */
  readonly firstLine?: number;
  readonly lags: readonly LagFacts[];
  readonly interfaces: readonly InterfaceFacts[];
  readonly systemPolicy?: SystemPolicy;
  readonly notes?: readonly StateNote[];
  readonly events?: readonly LogEvent[];
  readonly learnedMacs?: readonly LearnedMac[];
  /** At most 1000 of them; `unknownLineCount` counts all. */
  readonly unknownLines: readonly UnknownLine[];
  readonly unknownLineCount?: number;
}
