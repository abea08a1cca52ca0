/**
 * What the headers of a direction's flows offer to a hash, and what each policy makes of it. Entropies are in bits, of
 * the distribution of bytes (what a member carries) unless a name says flows.
 */

/** A header field, or a part of one, as a hash may look at it. */
export interface FieldEntropy {
  readonly field: EntropyField;
  /** Bits of the field. */
  readonly width: number;
  /** Bits that are not the same in all flows that have the field, as hex digits from the first byte on the wire. */
  readonly varyingMask: string;
  readonly varyingBits: number;
  /** Different values. */
  readonly values: number;
  /** Shannon entropy of the values over the flows, and over their bytes. */
  readonly flowBits: number;
  readonly byteBits: number;
  /** Flows that have the field. */
  readonly flows: number;
}

export type EntropyField =
  | 'srcMac'
  | 'dstMac'
  | 'etherType'
  | 'tci'
  | 'src'
  | 'dst'
  | 'protocol'
  | 'srcPort'
  | 'dstPort'
  | 'spi'
  | 'icmpId'
  | 'flowLabel'
  | 'innerSrcMac'
  | 'innerDstMac'
  | 'innerSrc'
  | 'innerDst'
  | 'innerProtocol'
  | 'innerSrcPort'
  | 'innerDstPort'
  | 'tunnelId';

/** What one policy can see of the flows. */
export interface PolicyEntropy {
  readonly policy: string;
  readonly variant: string;
  /** True for the rule the sender uses. */
  readonly current: boolean;
  /** Different hash values: flows of one value stay together on any number of members. */
  readonly hashes: number;
  /** Entropy of the hash values over bytes, and over flows. 0: one value for all. */
  readonly byteBits: number;
  readonly flowBits: number;
  /** 1 / sum of squared shares of bytes of the hash values: as many equal flows would be as hard to balance. */
  readonly effectiveFlows: number;
  /** Members that get any flow with 2, 3, … 8 members (`reach[0]` for 2). Open vSwitch: the most that its buckets allow. */
  readonly reach: readonly number[];
  /** Bytes of flows that the policy cannot place from packets (socket hash, missing header). */
  readonly unplacedBytes: number;
}

export type TunnelKind =
  | 'vxlan'
  | 'geneve'
  | 'gre'
  | 'erspan'
  | 'pptp'
  | 'ipip'
  | 'mpls'
  | 'pppoe'
  | 'gtp'
  | 'wireguard'
  | 'esp'
  | 'esp-in-udp'
  | 'ah'
  | 'roce'
  | 'l2tp'
  | 'openvpn';

/** The tunnels of one kind. */
export interface TunnelEntropy {
  readonly kind: TunnelKind;
  /** How it was told: by its header, or only by a well-known port. */
  readonly by: 'header' | 'port';
  readonly packets: number;
  readonly bytes: number;
  /** Share of the direction's bytes. */
  readonly share: number;
  /** Some of its flows, by index in the LAG's flows. */
  readonly examples: readonly number[];
  /** Pairs of outer addresses. */
  readonly endpoints: number;
  /** Different outer flows as a policy of addresses and ports sees them, and the entropy of the outer source port. */
  readonly outerFlows: number;
  readonly sourcePorts: number;
  readonly sourcePortBits: number;
  /** Different flows inside; null where encryption, or the snap length, hides them. */
  readonly innerFlows: number | null;
  /** Flows inside the fullest outer flow; null as above. */
  readonly mostInnerPerOuter: number | null;
  /** Hash values that the policy in use makes of them; the outer flows where it is not known. */
  readonly hashes: number;
  /** True where the outer headers hide flows from the policy in use: fewer hash values than the flows inside could fill. */
  readonly hides: boolean;
  readonly change: EntropyChange | null;
}

/** The one change that frees hidden flows. */
export interface EntropyChange {
  readonly kind:
    /** Another policy at the sender of the LAG. */
    | 'set-policy'
    /** The tunnel's end derives the outer source port from the inner flow. */
    | 'vary-source-port'
    /** More outer addresses: more tunnels, more peers. */
    | 'more-endpoints'
    /** Wrap the tunnel in UDP whose source port varies (FOU/GUE, ESP in UDP, RFC 8086 GRE in UDP). */
    | 'wrap-in-udp'
    /** More queue pairs, each with its own UDP source port. */
    | 'more-queue-pairs'
    /** An entropy label (RFC 6790) or flow label. */
    | 'entropy-label';
  /** Policy id for `set-policy`. */
  readonly policy: string | null;
  /** Hash values the flows would have then; null where it cannot be computed. */
  readonly hashes: number | null;
  /** What it would take off the busiest member, as a share of that member's bytes: by the policy's own placement, or at best. */
  readonly gain: number;
  readonly text: string;
}

export interface EntropyAudit {
  readonly flows: number;
  /** Flows looked at: all, or of very many an even sample, to which all other figures apply. */
  readonly audited: number;
  readonly packets: number;
  readonly bytes: number;
  readonly fields: readonly FieldEntropy[];
  /** Every policy of the registry that has a formula, in the registry's order. */
  readonly policies: readonly PolicyEntropy[];
  /** Heaviest first. */
  readonly tunnels: readonly TunnelEntropy[];
  /** What frees most, over all of the direction's traffic; null where nothing is to be gained. */
  readonly change: EntropyChange | null;
}

/** What the audit needs of a direction. `pipeline`'s analysis of a direction is one. */
export interface EntropyDirection {
  /** Hashed flows, by index in the LAG's flows. */
  readonly list: Uint32Array;
  /** `named`: id of a mode that places nothing by a hash, where `policy` is null. */
  readonly sender: {
    readonly policy: { readonly id: string } | null;
    readonly named?: string;
    readonly variant: string;
    readonly basis: number;
  };
  /** Members in use, by index; absent: all. */
  readonly inUse?: readonly number[];
}
