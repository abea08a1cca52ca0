import { Command, CommanderError, Option } from 'commander';
import { VERSION } from '../base/version.ts';
import { EXIT_OK, EXIT_USAGE, usageError } from './exit-codes.ts';
import { nearest } from './nearest.ts';
import { addAnalysisOptions, collect, addOutputOptions, addSelectionOptions, addSenderOptions, type RawOptions } from './options.ts';
import { chooseStyle, terminalWidth } from './terminal.ts';

const TITLE =
  'lacpviz shows why one link of a LAG is full while the other idles: flows, members and hash policy from captures taken on each member link.';

const PROGRAM_EXAMPLES = `
Examples:
  $ lacpviz flows host-eth0.pcap host-eth1.pcap         which flow used which member, and was it the right one
  $ lacpviz flows *.pcap bond0.txt --local 02:00:00:00:00:01
  $ lacpviz lacp *.pcap                                 what each end of every member says by LACP, and since when
  $ lacpviz check *.pcap bond0.txt                      what is wrong, since when, at which end
  $ lacpviz infer *.pcap                                by which policy, version and order each end sends
  $ lacpviz plan *.pcap bond0.txt                       what another policy, more members or a failure would do
  $ lacpviz serve *.pcap --open                         the same in the browser, from this machine only
  $ lacpviz predict --policy layer3+4 --member-count 2 'tcp 10.0.0.1:4000 > 10.0.0.2:80'

Exit codes: 0 done, 1 check found something, 2 wrong usage, 3 an input could not be read (the others are still
analysed), 4 internal error, 5 the output could not be written, 130 interrupted.
`;

const FLOWS_EXAMPLES = `
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

const LACP_EXAMPLES = `
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

const CHECK_EXAMPLES = `
One line per finding, worst first, then each with what was seen, what is expected, and frames as evidence. Exit code 1
if a finding is as bad as --fail-on.

Examples:
  In CI or monitoring:
    $ lacpviz check --json eth0.pcap eth1.pcap /proc/net/bonding/bond0 > findings.json || echo "LAG has faults"
  With the fix in the syntax of this host:
    $ lacpviz check --for ifupdown2 eth0.pcap eth1.pcap bond0.txt
`;

const INFER_EXAMPLES = `
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

const PLAN_EXAMPLES = `
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

const PREDICT_EXAMPLES = `
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

const RECIPE_EXAMPLES = `
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

const SCHEMA_EXAMPLES = `
Examples:
  $ lacpviz schema flows > flows.schema.json
  $ lacpviz schema predict
  $ lacpviz schema model                the file of --model
`;

const SERVE_EXAMPLES = `
The page is served on the loopback address only and the files under an address nobody can guess; nothing leaves
this machine. Ctrl-C ends it.

Examples:
  $ lacpviz serve eth0.pcap eth1.pcap bond0.txt --open
  $ lacpviz serve *.pcap --local 02:00:00:00:00:01 --policy-a layer3+4 --port 8080
`;

/** Parses the arguments and runs one command; every command's code is loaded only when it is called. */
export async function runProgram(args: readonly string[]): Promise<number> {
  let exitCode = EXIT_OK;
  const program = createProgram((code) => {
    exitCode = code;
  });
  if (args.length === 0) {
    process.stderr.write(program.helpInformation() + PROGRAM_EXAMPLES);
    return EXIT_USAGE;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT_OK;
    if (error.code === 'commander.help')
      throw usageError(`there is no command '${args[1] ?? ''}'. Commands: ${program.commands.map((command) => command.name()).join(', ')}`);
    throw usageError(error.message.replace(/^error: /, ''));
  }
  return exitCode;
}

function createProgram(done: (exitCode: number) => void): Command {
  const program = new Command('lacpviz');
  program
    .description(TITLE)
    .usage('<command> [options] FILE…')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help; every command has its own')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError(true)
    .addHelpText('after', PROGRAM_EXAMPLES)
    .exitOverride()
    .configureOutput({
      // Messages are printed once, by main; help is cut to the terminal.
      writeErr: () => {},
      getOutHelpWidth: terminalWidth,
      getErrHelpWidth: terminalWidth,
    })
    .configureHelp({ styleTitle: (title) => chooseStyle('auto', false).bold(title) });
  // Without a default action commander would print the help on an unknown command.
  program.on('command:*', (operands: string[]) => {
    const near = nearest(
      operands[0],
      program.commands.map((command) => command.name()),
    );
    throw usageError(`unknown command '${operands[0]}'.${near === undefined ? '' : ` Did you mean ${near}?`}`);
  });

  const flows = program
    .command('flows')
    .argument('<file...>')
    .usage('[options] FILE…')
    .summary('which member each flow used, which one the policy says, and whether they agree');
  flows.description(
    'Reads captures taken on each member of a LAG and prints the LAG, its balance per member and direction, prediction against capture, what was not looked at, and the flows.',
  );
  addOutputOptions(addSelectionOptions(addAnalysisOptions(addSenderOptions(flows, true))));
  flows.addHelpText('after', FLOWS_EXAMPLES).action(async (files: string[], raw: RawOptions) => {
    const { runFlows } = await import('./commands/flows.ts');
    done(await runFlows(files, raw));
  });

  const lacp = program
    .command('lacp')
    .argument('<file...>')
    .usage('[options] FILE…')
    .summary('every port of every member: both ends of LACP, since when, and what happened');
  lacp.description(
    'Rebuilds the LACP machines of both ends of every member from the LACPDUs and prints their states, timers, partners and transitions.',
  );
  addOutputOptions(addAnalysisOptions(addSenderOptions(lacp, true)));
  lacp
    .addOption(new Option('--pdus', 'list every LACPDU too').helpGroup('Selection:'))
    .addHelpText('after', LACP_EXAMPLES)
    .action(async (files: string[], raw: RawOptions) => {
      const { runLacp } = await import('./commands/lacp.ts');
      done(await runLacp(files, raw));
    });

  const check = program
    .command('check')
    .argument('<file...>')
    .usage('[options] FILE…')
    .summary('what is wrong with the LAG, since when, at which end, and the fix; for CI and monitoring');
  check.description('Prints findings, worst first, each with evidence and the fix. Exit code 1 if one is as bad as --fail-on.');
  addOutputOptions(addAnalysisOptions(addSenderOptions(check, true)));
  check
    .addOption(
      new Option('--fail-on <severity>', 'error, warn or info: exit code 1 from this severity on; error by default').helpGroup('Findings:'),
    )
    .addOption(
      new Option('--for <syntax>', 'print the fix in this syntax: iproute2, ifupdown2, netplan, ovs, cisco-ios, …').helpGroup('Findings:'),
    )
    .addHelpText('after', CHECK_EXAMPLES)
    .action(async (files: string[], raw: RawOptions) => {
      const { runCheck } = await import('./commands/check.ts');
      done(await runCheck(files, raw));
    });

  const infer = program
    .command('infer')
    .argument('<file...>')
    .usage('[options] FILE…')
    .summary('by which policy, version, mode and member order each side sends, read off its frames');
  infer.description(
    'Ranks the rules that each side may send by, with probabilities, and says which flows decide, which rules look alike and which traffic would decide.',
  );
  addOutputOptions(addAnalysisOptions(addSenderOptions(infer, true)));
  infer.addHelpText('after', INFER_EXAMPLES).action(async (files: string[], raw: RawOptions) => {
    const { runInfer } = await import('./commands/infer.ts');
    done(await runInfer(files, raw));
  });

  const plan = program
    .command('plan')
    .argument('[file...]')
    .usage('[options] FILE…')
    .summary('what the captured traffic would do under other policies, members and failures; advice');
  plan.description(
    'Replays the captured traffic in time under other policies, numbers of members and failures, and says what to change and what it gains.',
  );
  addOutputOptions(addAnalysisOptions(addSenderOptions(plan, true)));
  for (const [flags, text] of [
    ['--policies <ids>', 'policies to try, separated by commas, each also as ID:VARIANT; all of Linux by default'],
    ['--member-counts <n,…>', 'numbers of members to try, 1 to 16, also as 2-8; as many as there are by default'],
    ['--failed <names>', 'these members fail together; may be given several times; each one alone by default'],
    ['--forecast <flows>', 'so many flows of this kind at a time: how likely is some link above 80 %'],
    ['--speed <mbps,…>', 'speed of the members: one for all, or one each; from the state texts by default'],
  ])
    plan.addOption(new Option(flags, text).argParser(collect).helpGroup('What if:'));
  plan
    .addOption(
      new Option('--for <syntax>', 'advice in this configuration syntax: iproute2, netplan, ovs, cisco-ios, …').helpGroup('What if:'),
    )
    .addOption(
      new Option(
        '--columns <field=column,…>',
        'columns of flow records: src, dst, srcPort, dstPort, protocol, packets, bytes, first, last, …',
      ).helpGroup('Flow records:'),
    )
    .addOption(new Option('--cover', 'the fewest test flows that reach every member, with the commands to run').helpGroup('Cover:'))
    .addOption(
      new Option('--cover-packet <packet>', 'their addresses, as predict takes them; those of the heaviest flow by default').helpGroup(
        'Cover:',
      ),
    )
    .addOption(
      new Option('--cover-servers <range>', 'choose server addresses out of 10.0.0.16/28 or 10.0.0.20-40 instead of ports').helpGroup(
        'Cover:',
      ),
    )
    .addHelpText('after', PLAN_EXAMPLES)
    .action(async (files: string[], raw: RawOptions) => {
      const { runPlan } = await import('./commands/plan.ts');
      done(await runPlan(files, raw));
    });

  const predict = program
    .command('predict')
    .argument('[packet...]')
    .usage("[options] 'PACKET'…\n       lacpviz predict --batch [FILE] [options]")
    .summary('the member for a packet, by policy, without a capture');
  predict.description('Computes which member a sender picks for a packet, and shows every step of the hash.');
  addOutputOptions(addSenderOptions(predict, false));
  predict
    .addOption(new Option('--member-count <n>', 'number of members in use; without it the member stays open').helpGroup('Sender:'))
    .addOption(new Option('--explain', 'show every step from the fields to the member').helpGroup('Selection:'))
    .addOption(new Option('--batch [file]', 'JSON Lines in (FILE or standard input) and out').helpGroup('Selection:'))
    .addHelpText('after', PREDICT_EXAMPLES)
    .action(async (packets: string[], raw: RawOptions) => {
      const { runPredict } = await import('./commands/predict.ts');
      done(await runPredict(packets, raw));
    });

  const serve = program
    .command('serve')
    .argument('[file...]')
    .usage('[options] FILE…')
    .summary('the page in the browser, from this machine, with the files loaded');
  serve.description('Serves the page on the loopback address with the files loaded, and prints its address.');
  addAnalysisOptions(addSenderOptions(serve, true))
    .addOption(new Option('--where <expr>', 'show these flows only, as with flows').argParser(collect).helpGroup('Page:'))
    .addOption(new Option('--port <n>', 'port to listen on; a free one by default').helpGroup('Page:'))
    .addOption(new Option('--open', 'open the page in the browser').helpGroup('Page:'))
    .addOption(new Option('--threads <n>').hideHelp())
    .addOption(new Option('--no-progress').hideHelp())
    .addOption(new Option('--color <when>').hideHelp())
    .addOption(new Option('--lang <language>').hideHelp())
    .addHelpText('after', SERVE_EXAMPLES)
    .action(async (files: string[], raw: RawOptions) => {
      const { runServe } = await import('./commands/serve.ts');
      done(await runServe(files, raw));
    });

  const recipe = program.command('recipe').usage('[options]').summary('the commands to capture a LAG well, per system');
  recipe.description(
    'Prints the commands that capture a LAG well: one capture per member, state texts before and after, and the analysis of the results.',
  );
  addOutputOptions(recipe)
    .addOption(new Option('--system <names>', 'linux, ovs, span, esxi; several separated by commas; all by default').helpGroup('Recipe:'))
    .addOption(new Option('--iface <bond>', "this host's own Linux bond: its members are read from /proc and /sys").helpGroup('Recipe:'))
    .addOption(new Option('--seconds <n>', 'how long to capture: 120 by default').helpGroup('Recipe:'))
    .addOption(new Option('--ring <megabytes>', 'how much to keep per member: 2000 by default').helpGroup('Recipe:'))
    .addOption(new Option('--tunnels', 'the LAG carries tunnels: keep more of each frame').helpGroup('Recipe:'))
    .addHelpText('after', RECIPE_EXAMPLES)
    .action(async (raw: RawOptions) => {
      const { runRecipe } = await import('./commands/recipe.ts');
      done(await runRecipe(raw));
    });

  const schema = program.command('schema').argument('<command>').usage('COMMAND').summary("the JSON Schema of a command's output");
  schema.description("Prints the JSON Schema (draft 2020-12) of a command's --json output.");
  addOutputOptions(schema, ['json']);
  schema.addHelpText('after', SCHEMA_EXAMPLES).action(async (command: string, raw: RawOptions) => {
    const { runSchema } = await import('./commands/schema.ts');
    done(await runSchema(command, raw));
  });
  for (const command of program.commands) command.addHelpOption(new Option('-h, --help', 'print this help').helpGroup('Help:'));
  return program;
}
