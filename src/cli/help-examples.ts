/** What `--help` shows below the options: notes, and examples to learn from. One text per command. */

export const PROGRAM_EXAMPLES = `
Examples:
  $ lacpviz flows host-eth0.pcap host-eth1.pcap         which flow used which member, and was it the right one
  $ lacpviz flows *.pcap bond0.txt --local 02:00:00:00:00:01
  $ lacpviz lacp *.pcap                                 what each end of every member says by LACP, and since when
  $ lacpviz check *.pcap bond0.txt                      what is wrong, since when, at which end
  $ lacpviz infer *.pcap                                by which policy, version and order each end sends
  $ lacpviz plan *.pcap bond0.txt                       what another policy, more members or a failure would do
  $ lacpviz serve *.pcap --open                         the same in the browser, from this machine only
  $ lacpviz report *.pcap -o lag.html                   the same as one HTML file, to keep or to send
  $ lacpviz predict --policy layer3+4 --member-count 2 'tcp 10.0.0.1:4000 > 10.0.0.2:80'

Exit codes: 0 done, 1 check found something, 2 wrong usage, 3 an input could not be read (the others are still
analysed), 4 internal error, 5 the output could not be written, 130 interrupted.
`;

export const FLOWS_EXAMPLES = `
A FILE is looked at by content: captures (pcap, pcapng, plain, gzip or zstd; - is standard input) and state texts
(/proc/net/bonding/bond0, ip -d -j link …) in any order. NAME=FILE names the member that a capture was taken on.

Examples:
  One capture per member; policy and order come from the bond's own text:
    $ lacpviz flows eth0.pcap eth1.pcap /proc/net/bonding/bond0
  Say which side is ours and what each side does:
    $ lacpviz flows eth0.pcap eth1.pcap --local 02:00:00:00:00:01 --policy-a layer3+4 --kernel-a 6.1 --policy-b layer2+3
  What did not go where the policy says:
    $ lacpviz flows *.pcap --where verdict=mismatch
  The ten largest flows of a network, from the second minute on:
    $ lacpviz flows *.pcap --where ip=10.0.0.0/8 --top 10 --from +60
  One capture as a stream, the other from a pipe of its own:
    $ ssh host cat eth0.pcap.zst | lacpviz flows eth0=- eth1=<(ssh switch cat port2.pcap)
  For other programs:
    $ lacpviz flows *.pcap --json | jq '.lags[0].directions[0].agreement'
    $ lacpviz flows *.pcap --format csv -o flows.csv
`;

export const LACP_EXAMPLES = `
States: up, waiting, standby, expired, no-partner, individual, silent, down. "(timer)": a timer has moved the port since
its last LACPDU. Actor bits: A activity, T timeout (short), G aggregation, S synchronization, C collecting,
D distributing, F defaulted, E expired.

Examples:
  Is LACP up on every member, at both ends, and since when:
    $ lacpviz lacp eth0.pcap eth1.pcap
  Every LACPDU, for other programs:
    $ lacpviz lacp --pdus --format csv eth0.pcap eth1.pcap
    $ lacpviz lacp --json *.pcap | jq '.lags[].ports[] | select(.state != "up") | {member, side, state}'
`;

export const CHECK_EXAMPLES = `
One line per finding, worst first, then each with what was seen, what is expected, and frames as evidence. Exit code 1
if a finding is as bad as --fail-on.

Examples:
  In CI or monitoring:
    $ lacpviz check --json eth0.pcap eth1.pcap /proc/net/bonding/bond0 > findings.json || echo "LAG has faults"
  With the fix in the syntax of this host:
    $ lacpviz check --for ifupdown2 eth0.pcap eth1.pcap bond0.txt
`;

export const INFER_EXAMPLES = `
Nothing but the frames is needed; a state text is believed unless they refute it. A probability is that of the rule and of
all that place these flows alike. Undecided is an answer: "needs" says which traffic would decide.

Examples:
  How does the switch at the other end choose its member:
    $ lacpviz infer eth0.pcap eth1.pcap
  Is what the host believes what it does:
    $ lacpviz infer eth0.pcap eth1.pcap /proc/net/bonding/bond0
  Only what is decided, for other programs:
    $ lacpviz infer --json *.pcap |
        jq '.lags[].directions[] | select(.decided) | {from, mode, rule: .hypotheses[0] | {policy, variant, members}}'
    $ lacpviz infer --format csv *.pcap -o rules.csv
  A switch of unknown make, learned from its flows:
    $ lacpviz infer --json *.pcap | jq '.lags[0].directions[1].learned.model' > switch.json
    $ lacpviz predict --model switch.json 'tcp 10.0.0.1:4000 > 10.0.0.2:80'
`;

export const PLAN_EXAMPLES = `
The captured traffic is replayed in time under each policy, number of members and failure. Rates are bits per second;
peaks are the highest second. New members are called new1, new2 … "open" is what no hash decides from the captures.

Examples:
  All Linux policies, and each member failing, on the traffic as captured:
    $ lacpviz plan eth0.pcap eth1.pcap /proc/net/bonding/bond0
  Would a third and a fourth link help, at 10 Gbit/s each:
    $ lacpviz plan *.pcap --policies layer2+3,layer3+4 --member-counts 2-4 --speed 10000
  Two members failing together, over one minute, in one kernel's formula:
    $ lacpviz plan *.pcap --policies layer3+4:linux-4.15 --failed eth0,eth1 --from +60 --to +120
  What to change at the switch, as its configuration:
    $ lacpviz plan *.pcap --policies cisco-src-dst-ip,cisco-src-dst-port --for cisco-ios
  Which iperf3 ports put a flow on every member, under the policy in use, or in a network that is yet to be built:
    $ lacpviz plan --cover *.pcap bond0.txt
    $ lacpviz plan --cover --policy layer3+4 --member-counts 4 --cover-packet 'tcp 10.0.0.1 > 10.0.0.2'
  Which addresses for four filers, so that VMware's IP hash uses all four uplinks:
    $ lacpviz plan --cover --policy esxi-ip-hash --member-counts 4 --cover-packet 'tcp 10.0.0.10 > 10.0.0.50' \\
        --cover-servers 10.0.0.50-99
  Flow records instead of captures: nfdump, Zeek, conntrack, ss, CSV or JSON Lines, recognised by their content:
    $ nfdump -R flows/ -o csv | lacpviz plan --policy layer3+4 --members eth0,eth1 -
    $ lacpviz plan conn.log bond0.txt
    $ lacpviz plan flows.csv --columns src=client,dst=server,bytes=octets --policy layer2+3 --member-counts 4
  For other programs:
    $ lacpviz plan --json *.pcap | jq '.lags[].directions[].scenarios[] | {policy, memberCount, failed, balance}'
`;

export const PREDICT_EXAMPLES = `
A PACKET is written as one argument:
  'tcp 10.0.0.1:4000 > 10.0.0.2:80 vlan 5 smac 02:00:00:00:00:01 dmac 02:00:00:00:00:02'
  'udp [2001:db8::1]:5000 > [2001:db8::2]:53'      'icmp 10.0.0.1 > 10.0.0.2 type 8 code 0 id 7'
  'esp 10.0.0.1 > 10.0.0.2 spi 0x1234'             'arp 10.0.0.1 > 10.0.0.2 smac … dmac …'

Examples:
  The member, and every step of the hash:
    $ lacpviz predict --policy layer3+4 --kernel 6.1 --member-count 2 --explain 'tcp 10.0.0.1:4000 > 10.0.0.2:80'
  With the members' names:
    $ lacpviz predict --policy layer3+4 --members eth0,eth1,eth2 'tcp 10.0.0.1:4000 > 10.0.0.2:80'
  By a switch that infer has learned:
    $ lacpviz predict --model switch.json 'tcp 10.0.0.1:4000 > 10.0.0.2:80 smac 02:… dmac 02:…'
  Many: one JSON object a line in, one a line out, in constant memory (fields may override the options):
    $ echo '{"protocol":"tcp","src":"10.0.0.1","dst":"10.0.0.2","srcPort":4000,"dstPort":80}' |
        lacpviz predict --batch --policy layer3+4 --member-count 2
`;

export const RECIPE_EXAMPLES = `
The text is a shell script with remarks: read it, then paste it, step by step or whole.

Examples:
  For the bond of this host, with its real members:
    $ lacpviz recipe --iface bond0
    $ lacpviz recipe --iface bond0 -o capture.sh && less capture.sh && sudo bash capture.sh
  For another system:
    $ lacpviz recipe --system ovs
    $ lacpviz recipe --system span,esxi --format markdown
  Longer, with room for 20 GB per member, where VXLAN runs over the LAG:
    $ lacpviz recipe --iface bond0 --seconds 3600 --ring 20000 --tunnels
`;

export const SCHEMA_EXAMPLES = `
Examples:
  $ lacpviz schema flows > flows.schema.json
  $ lacpviz schema predict
  $ lacpviz schema model                the file of --model
`;

export const REPORT_EXAMPLES = `
The file holds the page, the flows, LACPDUs and state texts, but no frame of data. It opens from a folder in any current
browser, asks nothing of any server, and answers as the page does: other policies, plans, parts of the time. It grows with
the number of flows, not with that of the frames.

Examples:
  $ lacpviz report eth0.pcap eth1.pcap bond0.txt -o lag.html
  $ lacpviz report *.pcap --where verdict=mismatch > lag.html
  With all addresses replaced, to give away:
    $ lacpviz report *.pcap --anonymise -o shared.html
`;

export const SERVE_EXAMPLES = `
The page is served on the loopback address only and the files under an address nobody can guess; nothing leaves
this machine. Ctrl-C ends it.

Examples:
  $ lacpviz serve eth0.pcap eth1.pcap bond0.txt --open
  $ lacpviz serve *.pcap --local 02:00:00:00:00:01 --policy-a layer3+4 --port 8080
`;
