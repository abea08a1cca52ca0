/**
 * Titles and details of all findings, in one table so that they can be translated. Placeholders in braces: {members},
 * {side}, {since} (time of day, UTC) and what the rule gives.
 */
export interface Message {
  readonly title: string;
  readonly detail: string;
}

const EN = {
  'lacp/no-partner': {
    title: '{side} has no LACP partner on {members}',
    detail:
      'Since {since} {side} sends LACPDUs that name no partner (system 00:00:00:00:00:00, Defaulted set); expected: the system of the other end. {heard} The first thing to do: look whether the other end has these ports in one channel group with LACP ({sent} LACPDUs of {side} went out).',
  },
  'lacp/one-way': {
    title: 'LACPDUs pass one way only on {members}',
    detail:
      'Both ends send LACPDUs, but those of {side} never name the other end ({heard} LACPDUs of it are in the captures). Expected: each end names the other. What arrives in the capture does not reach the LACP of {side}. First: look for a filter, a bridge or a VM switch in between, or a driver that drops 01:80:c2:00:00:02.',
  },
  'lacp/expired': {
    title: '{side} lost its LACP partner on {members}',
    detail:
      '{cause}. {side} says Expired from {first} on ({count} times in all); expected: one LACPDU of the other end every {period} s. The direction towards {side} is at fault: {side} itself goes on sending. First: look at counters and filters on that direction of the link.',
  },
  'lacp/defaulted': {
    title: '{side} gave up its LACP partner on {members}',
    detail:
      '{side} says Defaulted from {first} on: no LACPDU of the other end was accepted within 3 s after it had expired; expected: LACPDUs without a gap. The port is out of the LAG until LACPDUs arrive again. First: find where those of the other end are lost (cable, filter, control plane of the switch).',
  },
  'lacp/key-mismatch': {
    title: '{side} puts its ports into different aggregators: {members} cannot join',
    detail:
      '{side} announces different keys on the members of this LAG: {keys}; expected: one key. {likely} Ports of different keys never carry one LAG; idle: {members}. First: bring these ports into the same group, at the same speed.',
  },
  'lacp/split-partner': {
    title: '{members} leads to another partner system than the rest of the LAG',
    detail:
      'The far end of {members} is system {odd}; that of {rest} is {main}. Expected: one partner system on all members. {named} The cable is in another switch or in another channel group, or the two switches share no system identifier (MLAG, vPC, stack).',
  },
  'lacp/loopback': {
    title: '{members} hears its own system',
    detail:
      'LACPDUs received on {members} come from system {system}, the one that sends there itself; expected: another system. First: follow the cable; the link is looped, or two ports of one system are joined.',
  },
  'lacp/duplicate-port': {
    title: 'Two members announce the same port number: {members}',
    detail:
      '{side} sends port {port} with priority {priority} on {members}; expected: one number per port. First: see whether one link was captured twice, the ports are looped, or the two halves of an MLAG pair number their ports alike.',
  },
  'lacp/both-passive': {
    title: 'Both ends of LACP are passive on {members}',
    detail: '{seen}; expected: Activity set at one end at least. Nobody sends by himself: set one end to active.',
  },
  'pagp/instead-of-lacp': {
    title: 'PAgP instead of LACP on {members}',
    detail: 'The other end sends PAgP ({count} frames) and no LACPDU; expected: LACP. Set its channel group to active.',
  },
  'bond/one-way-member': {
    title: '{members} receives data but never sends any: it is lost',
    detail:
      'The other end sends {share} of its data ({packets} packets) to {members}, where {side} sends none and is not part of the LAG by its own LACP; expected: data only on members that both ends use. Whatever is sent there is dropped by {side}. First: run LACP on both ends, or take the member out of the channel at the other end.',
  },
  'bond/ends-disagree-active': {
    title: 'The two ends use different active members: side a sends on {sends}, side b on {listens}',
    detail:
      'From {first} to {last} ({seconds} s) side a sent {packets} frames on {sends} and got no answer there, while side b was seen on {listens}; expected: both on one member. Each end watches its own link only. First: let both ends watch the path (arp_interval with arp_ip_target, arp_validate all) or use LACP.',
  },
  'bond/failover-blackhole': {
    title: '{side} keeps sending on {members}, from where no answer comes any more',
    detail:
      'After {first} nothing that {side} sends on {members} is answered, for {seconds} s and in {count} conversations, while the same stations answer what goes over the other members; expected: the sender leaves a member that has failed. First: look at the far end of {members}; a static LAG notices only a lost link, LACP with fast timers notices within 3 s.',
  },
  'bond/aggregator-mismatch': {
    title: '{members} is in another aggregator than the active one',
    detail:
      'The state text puts {members} into aggregator {odd}; the active one is {active}. Expected: one aggregator. {members} carries no data. First: compare partner and key of the two aggregators.',
  },
  'hash/mismatch': {
    title: '{side} sends {wrong} of {total} packets on another member than {policy} says',
    detail:
      'Prediction by {policy} agrees for {match} of {total} packets of {side}; expected: all. Under a hash policy the frame alone picks the member among the active ones. The first thing to do: compare policy, order of the members and version with what the traffic shows (lacpviz infer), since at least one of them differs from what was given.',
  },
  'lacp/no-pdus': {
    title: 'No LACPDU on any member',
    detail:
      '{reason}; no capture holds a LACPDU. Expected: at least one in 30 s from an active end. First: see whether both ends are passive, LACP is off, or the captures leave it out.',
  },
  'lacp/rate-violated': {
    title: '{side} sends LACPDUs too seldom on {members}',
    detail:
      'Longest gap between LACPDUs of {side}: {max} s; expected: one every {expected} s, as the other end asks, which expires after {timeout} s. First: see whether {side} is overloaded or loses frames; where it cannot send that fast, let the other end ask for slow.',
  },
  'lacp/not-synchronized': {
    title: '{side} is not in sync on {members}',
    detail:
      '{side} knows its partner on {members} but never sets Synchronization (state {state}) since {since}; expected: in sync within some seconds. First: see why the port is not selected (another key, more links than allowed, held back).',
  },
  'lacp/not-distributing': {
    title: '{members} is in sync but does not distribute',
    detail:
      '{side} says {state} on {members} since {since}; expected: collecting and distributing. Its mux waits for the other end: look there first.',
  },
  'lacp/individual': {
    title: '{members} works alone, outside the LAG',
    detail:
      '{side} distributes on {members} with state {state} ({why}); expected: aggregated with a partner. First: see whether the other end still runs LACP on this port, or whether fallback is meant.',
  },
  'lacp/flap': {
    title: 'LACP goes up and down on {members}',
    detail:
      '{members} lost Synchronization or its partner {count} times between {first} and {last}, about every {every} s; expected: never. {why} First: compare the gaps between LACPDUs with the timeout asked for.',
  },
  'lacp/stale-partner-view': {
    title: '{side} holds an outdated view of its partner on {members}',
    detail:
      '{side} names partner {believed}, but the other end announces {real} on {members}; expected: what was announced last. First: see whether LACPDUs towards {side} are lost, or come from another port.',
  },
  'lacp/tagged-pdu': {
    title: 'LACPDUs with a VLAN tag on {members}',
    detail:
      '{count} LACPDUs on {members} carry a VLAN tag; expected: none, no standard port accepts them. First: look for a switch in between that tags them, or an LACP daemon on a VLAN device.',
  },
  'lacp/third-system': {
    title: 'A third LACP system is heard on {members}',
    detail:
      'Beside the two ends, system {system} sends LACPDUs on {members} ({count}); expected: two systems on a link. First: find the switch in between that forwards 01:80:c2:00:00:02.',
  },
  'lacp/actor-changed': {
    title: '{side} changed its LACP identity on {members}',
    detail:
      'At {since} {side} changed: {change}; expected: an identity that stays. Every change of system, key or port makes the other end select anew. First: see what changes the address of the bond (MACAddressPolicy, first member removed) or the speed of its ports.',
  },
  'lacp/data-while-not-distributing': {
    title: '{side} sends data on {members} although LACP says no',
    detail:
      '{packets} data packets of {side} on {members} while its own LACPDUs never say Distributing; expected: none. First: see whether hardware or a bridge sends there past LACP.',
  },
  'lacp/malformed-pdu': {
    title: '{count} malformed LACPDUs',
    detail: '{count} LACPDUs on {members} cannot be read: {reason}; expected: none. First: find their sender by the source address.',
  },
  'bond/duplicate-mac': {
    title: '{members} send from the same MAC address',
    detail:
      'LACPDUs on {members} come from {mac}; expected: one permanent address per member. The switch learns it on one port only, and layer2 hashing suffers. First: give the network card of one of them another address.',
  },
  'bond/member-silent': {
    title: '{members} carries no frame at all',
    detail:
      'No frame of either end was captured on {members} while the other members carry {packets}; expected: at least LACPDUs. First: look at the link, and whether the capture ran on the right interface.',
  },
  'bond/failover': {
    title: '{members} went out of use',
    detail:
      '{why}, last frame before {since}{until}; expected: in use all the time. The data went to the other members. First: look at link and partner of {members} at that time.',
  },
  'bond/no-link-speed': {
    title: '{members} has no link speed',
    detail:
      '{note} ({path}, line {line}); expected: the speed of the link. LACP derives its key from it, so such a port joins no aggregator. First: set the speed (ethtool -s), or use another virtual network card.',
  },
  'bond/link-failures': {
    title: '{members} lost its link before',
    detail: '{note} ({path}, line {line}); expected: none. First: look at cable, transceiver and the log at that time.',
  },
  'bond/churned': {
    title: 'LACP churns on {members}',
    detail:
      '{note} ({path}, line {line}): not in sync for more than 60 s; expected: none. First: compare keys and partner of its aggregator with the active one.',
  },
  'lacp/timeout-mismatch': {
    title: 'The two ends ask for different LACP rates',
    detail:
      'side a asks for LACPDUs every {a} s, side b every {b} s. Expected for a quick failover: 1 s at both. Allowed, but a failure is noticed after {slow} s in one direction. First, where that matters: ask for fast at both ends.',
  },
  'lacp/standby': {
    title: '{members} stands by',
    detail:
      '{side} holds {members} back although partner and keys fit: more links than allowed, or a lower priority. Expected where links are held in reserve. First, if it is not meant: compare the priorities and the maximum of links.',
  },
  'balance/one-member': {
    title: 'All data of {side} is on {members}',
    detail:
      'All {flows} flows of {side} leave on {members}; the other members carry none; expected of a LAG that hashes: some on each. {why}',
  },
  'balance/skewed': {
    title: '{side} loads its members more unevenly than chance explains',
    detail:
      'The fullest member carries {ratio} times the mean of {side}; an ideal hash of what {policy} can tell apart is that uneven with probability {p}. Expected: at most 1.5 times, or a probability that chance allows. The first thing to do: look at the heaviest flows and at which header fields vary (lacpviz plan).',
  },
  'balance/few-flows': {
    title: '{side} has too few flows to balance',
    detail:
      '{flows} flows on {count} members: even an ideal hash is uneven. Expected: {wanted} and more. The first thing to do: more connections, or the planner for addresses that spread (lacpviz plan --cover).',
  },
  'ovs/bucket-mismatch': {
    title: '{count} of {told} buckets of {side} are not where the state text says',
    detail:
      'Of {told} buckets that the text tells and that carried traffic, {count} were seen on other members only: {buckets}. Expected: each on the member that the text names. The text is of another moment than the capture (buckets are drawn anew by any change of the bond, and moved by load), or of another bond. The first thing to do: take bond/show and bridge/dump-flows while the capture runs.',
  },
  'ovs/rebalanced': {
    title: 'Open vSwitch moved buckets of {side} {count} times',
    detail:
      '{count} moves in {rounds} rounds, a multiple of {interval} s apart, of the buckets {buckets}: flows change member at once, and frames under way can overtake each other. Expected where rebalancing is on; ovs-vsctl set port BOND other_config:bond-rebalance-interval=0 keeps every flow where it is.',
  },
  'hash/hidden-input': {
    title: 'The {field} decides the member for {side}, although {policy} does not look at it',
    detail:
      '{flows} flows in {groups} groups are alike to {policy} and use different members, exactly as their {field} differs. Expected: one member for each group. Something before the hash sorts by it: another policy, a queue mapping, two senders behind one address.',
  },
  'ovs/frozen-map': {
    title: 'The bucket map of {side} never moved: all on {members}',
    detail:
      'Open vSwitch gave all buckets to {members} when it was the only member up, and its rebalancing is off or saw too little load. ovs-appctl bond/show lists the buckets; ovs-vsctl set port BOND other_config:bond-rebalance-interval=10000 lets it move them.',
  },
  'hash/policy-differs-from-state': {
    title: '{side} hashes by {inferred}, its state text says {stated}',
    detail:
      'The traffic refutes {stated} of {path}: {match} of {total} packets are where {inferred} puts them. Expected: the policy that is configured. The text may be older than the capture or of another bond, or the hardware hashes by a rule of its own. The first thing to do: read the policy of the running system again.',
  },
  'hash/policy-changed': {
    title: '{side} changed its policy during the capture: {before}, then {after}',
    detail:
      'Until {since} the frames of {side} follow {before}, from then on {after}; {match} of {total} packets are where the policy of their time puts them. Expected: one policy; a change moves flows to other members while they run. The first thing to do: read the policy of the running system, and look at the times before and after on their own (--to, --from).',
  },
  'balance/chance': {
    title: '{side} is uneven, as chance has it',
    detail:
      'The fullest member carries {ratio} times the mean of {side}; an ideal hash of the same {flows} flows is at least as uneven in {p} of cases (the largest flow is {largest} of the bytes). No fault of the hash; more or smaller flows even it out.',
  },
  'balance/polarised': {
    title: 'The flows of {side} look as if an earlier hash had picked them',
    detail:
      '{values} different hash values of {policy} fall on the members as {counts}: {lost} of {choice} bits of the choice are gone. {shown} {earlier} Expected: as many on each. The first thing to do: give the two tiers different hash fields, seeds or policies.',
  },
  'balance/microburst': {
    title: '{members} was full for {ms} ms while the LAG had room',
    detail:
      'In windows of {window} ms {members} was up to {peak} full while all members of {side} together were at {lag} (over the whole capture {mean}); expected: no member full while the LAG is not. Most of it: {flow}. The first thing to do: see whether another policy parts these flows (lacpviz plan).',
  },
  'balance/even-ports': {
    title: 'All {end} ports of {side} are {parity}, and {policy} keeps their lowest bit',
    detail:
      '{flows} flows have only {parity} {end} ports and use {used} of {members} members: the version of {policy} in use passes the lowest bit of the port on to the choice. Expected: ports of both kinds, or a hash that mixes the bits (Linux from 4.15 on). The first thing to do: mix odd and even ports.',
  },
  'balance/tunnel-hides-flows': {
    title: '{tunnel} hides {share} of the bytes of {side} from its hash',
    detail:
      '{tunnel} carries {share} of the bytes of {side} under {hashes} hash values, and {inner}. Expected: more values than members, since frames of one value stay on one member. The first thing to do: {change}',
  },
  'hash/fragments-split': {
    title: 'Fragments of {side} hash apart from whole packets',
    detail:
      '{count} packets of {side} are fragments; {policy} looks at ports, which fragments do not all carry, so one conversation can use two members and arrive out of order. Expected with this policy. The first thing to do, where it hurts: keep datagrams below the MTU, or use a policy without ports.',
  },
  'balance/elephant': {
    title: 'One flow is {share} of the bytes of {side}',
    detail:
      'The largest of {flows} flows ({flow}) holds {share} of the bytes of {side}; expected for an even load: none above an equal part. One flow stays on one member, whatever the policy. The first thing to do: let the application use several connections.',
  },
  'balance/single-mac-pair': {
    title: '{side} hashes MAC addresses, and there is one pair of them',
    detail:
      '{policy} looks at MAC addresses; all {flows} flows of {side} have the same ones (a router, or one peer), so all go to one member. Expected: as many pairs as members at least. The first thing to do: use a policy that looks deeper ({deeper}).',
  },
  'path/reordered': {
    title: '{late} of {total} segments of {side} overtook each other on different members',
    detail:
      '{late} TCP segments of {flows} flows of {side} came after later ones of the same flow that took another member, up to {longest} ms late; expected: one flow on one member, in order. TCP takes this for loss and slows down. First: use a policy that keeps flows together (not balance-rr), or stop what moves them.',
  },
  'path/asymmetric': {
    title: '{count} of {total} conversations use different members for the two directions',
    detail:
      'In {share} of the conversations the answer takes another member than the question; expected: each end chooses its own member, so this is normal. Whoever captures or filters on one member sees half of them.',
  },
  'capture/duplicate-frames': {
    title: '{share} of the frames were recorded twice',
    detail:
      '{path}: {count} of {total} frames are byte for byte a frame just before, or the same capture was given twice; expected: every frame once. Counts and shares of bytes are too high. First: mirror one direction of each port, or both directions of one port only.',
  },
  'capture/bond-device': {
    title: '{name} is the bond itself: its capture was left out',
    detail:
      '{path} shows the frames of all members once more and tells no member; expected: one capture per member. It counts as outside the LAG; nothing was counted twice.',
  },
  'capture/clock-skew': {
    title: 'The clocks of {early} and {late} differ by about {seconds}',
    detail:
      'By the time stamps answers come before their questions in {pairs} pairs of frames: the clock of {late} is ahead of that of {early} by about {seconds}; expected: one clock. Orders and gaps across captures are not to be trusted. First: capture all members on one system, or synchronise the clocks (PTP, chrony).',
  },
  'capture/offload-frames': {
    title: 'Frames of {bytes} bytes: captured above the segmentation of the network card',
    detail:
      'Frames of at least {bytes} bytes are in the captures; expected: 1514 with an MTU of 1500 ({why} segmentation offload). Packets are fewer and longer than on the wire; members and bytes are right.',
  },
  'capture/truncated': { title: 'A capture ends in the middle of a packet', detail: '{path}: {reason}. What stands before it counts.' },
  'capture/missing-member': {
    title: 'No capture of {members}',
    detail: 'The state text lists {members}, but no capture was given: all statements leave it out.',
  },
  'capture/dropped': {
    title: 'The capture lost {count} frames',
    detail: '{path}: its own statistics count {count} dropped frames; counts and agreement miss them.',
  },
  'capture/disjoint-times': {
    title: 'The captures do not overlap in time',
    detail: '{first} ends before {second} begins; expected: all members captured at the same time.',
  },
  'capture/several-links': {
    title: '{members} shows {count} links in one capture',
    detail:
      'On {members} LACPDUs of the ports {ports} of system {system} take turns; expected: one capture for each link. It was taken on all interfaces without their numbers (LINUX_SLL), on a mirror port or on the bond, or files were put together. Each port is judged by itself, but which link a data frame was on cannot be told. First: capture each member, or all with tcpdump -i any and --linktype=LINUX_SLL2 (lacpviz recipe).',
  },
  'capture/uneven-times': {
    title: '{members} was not captured all the time',
    detail:
      'Frames of the LAG were captured on {times}, and {packets} frames of the others meanwhile; expected: all members from the first frame to the last. Nothing is known of a member outside its capture: a file that ends tells neither that its link was lost nor that it was not. First: capture all members with one command (lacpviz recipe).',
  },
  'capture/empty': { title: 'A capture without any packet', detail: '{path} has a valid header and no packet.' },
  'capture/one-direction': {
    title: 'Only {side} is in the captures',
    detail: 'No data of the other side was captured: {packets} packets of {side}, none back.',
  },
  'config/mixed-slaves-and-master': { title: 'bond-slaves and bond-master are mixed', detail: '{note} ({path}, line {line}).' },
  'config/slave-not-auto': { title: '{members} does not come up with the system', detail: '{note} ({path}, line {line}).' },
  'config/address-on-manual': { title: 'An address on an interface that is set to manual', detail: '{note} ({path}, line {line}).' },
  'config/bridge-ovs-mix': { title: 'Linux bridge and Open vSwitch are mixed', detail: '{note} ({path}, line {line}).' },
  'config/missing-miimon': { title: 'The bond watches no link', detail: '{note} ({path}, line {line}).' },
  'config/default-policy': { title: 'No transmit hash policy is configured: the default applies', detail: '{note} ({path}, line {line}).' },
  'ovs/absurd-load': { title: 'Open vSwitch prints a load that no link can carry', detail: '{note} ({path}, line {line}).' },
  'ovs/ignored-key': { title: 'Open vSwitch ignores a key that is set', detail: '{note} ({path}, line {line}).' },
  'capture/snap-length-too-short': {
    title: 'The snap length cuts what enters the hash',
    detail: '{packets} packets of {side} cannot be predicted: capture at least 128 bytes of each frame, 256 with tunnels.',
  },
  'hash/unpredictable': {
    title: '{packets} packets of {side} follow no packet field',
    detail:
      '{packets} of {total} packets of {side} cannot be predicted from captures: {reasons}. Expected of a policy that takes what only the sender knows (a socket, a key). The first thing to do: nothing, if one flow keeps one member.',
  },
  'capture/corrupt': { title: 'A capture holds damaged records', detail: '{path}: {count} malformed records.' },
} as const satisfies Readonly<Record<string, Message>>;

export type FindingId = keyof typeof EN;

/** The English texts; src/diagnose/languages.ts joins the translations. */
export const MESSAGES: Readonly<Record<FindingId, Message>> = EN;

/**
 * Puts values into a message. `side` words at the beginning of a sentence get a capital. A placeholder without value
 * stays visible.
 */
export function fillMessage(template: string, values: Readonly<Record<string, string | number>>): string {
  const filled = template
    .replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole))
    .replaceAll(/ {2,}/g, ' ');
  return filled
    .replaceAll(
      /(^|\. )(side|both sides|сторона|обе стороны)/g,
      (_, before: string, word: string) => before + word[0].toUpperCase() + word.slice(1),
    )
    .trim();
}
