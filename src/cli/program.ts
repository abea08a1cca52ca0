import { Command, CommanderError, Option } from 'commander';
import { VERSION } from '../base/version.ts';
import { EXIT_OK, EXIT_USAGE, usageError } from './exit-codes.ts';
import {
  CHECK_EXAMPLES,
  FLOWS_EXAMPLES,
  INFER_EXAMPLES,
  LACP_EXAMPLES,
  PLAN_EXAMPLES,
  PREDICT_EXAMPLES,
  PROGRAM_EXAMPLES,
  RECIPE_EXAMPLES,
  REPORT_EXAMPLES,
  SCHEMA_EXAMPLES,
  SERVE_EXAMPLES,
} from './help-examples.ts';
import { nearest } from './nearest.ts';
import { addAnalysisOptions, collect, addOutputOptions, addSelectionOptions, addSenderOptions, type RawOptions } from './options.ts';
import { addRowOptions } from './row-selection.ts';
import { chooseStyle, terminalWidth } from './terminal.ts';

const TITLE =
  'lacpviz shows why one link of a LAG is full while the other idles: flows, members and hash policy from captures taken on each member link.';

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

/** The commands with their options; `done` gets the exit code of the one that ran. */
export function createProgram(done: (exitCode: number) => void): Command {
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
  addRowOptions(addOutputOptions(addAnalysisOptions(addSenderOptions(lacp, true))), 'ports', 'member, side, state, pdus');
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
  addRowOptions(addOutputOptions(addAnalysisOptions(addSenderOptions(check, true))), 'findings', 'severity, id, lag, side, since');
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
  const infers = addOutputOptions(addAnalysisOptions(addSenderOptions(infer, true)));
  addRowOptions(infers, 'rules of a direction', 'probability, policy, variant, agreement, tests');
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
  const plans = addOutputOptions(addAnalysisOptions(addSenderOptions(plan, true)));
  addRowOptions(plans, 'scenarios of a direction', 'policy, memberCount, share, peakBps, maxOverMean, pValue, moved, uncertain');
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

  const report = program
    .command('report')
    .argument('<file...>')
    .usage('[options] FILE…')
    .summary('the page with this analysis in one HTML file: to keep, to send, to open without lacpviz');
  report.description(
    'Writes one self-contained HTML file with the page and this analysis: every view of it, and no frame of the captures.',
  );
  addOutputOptions(addAnalysisOptions(addSenderOptions(report, true)), [])
    .addOption(new Option('--anonymise', 'replace all addresses and names of systems; flows stay on their members').helpGroup('Page:'))
    .addOption(new Option('--where <expr>', 'show these flows first, as with flows').argParser(collect).helpGroup('Page:'))
    .addHelpText('after', REPORT_EXAMPLES)
    .action(async (files: string[], raw: RawOptions) => {
      const { runReport } = await import('./commands/report.ts');
      done(await runReport(files, raw));
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
