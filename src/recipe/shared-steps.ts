import { ringFileMegabytes, shellWord, tcpdumpCommand, type SnapLength } from './capture-command.ts';
import type { RecipeOptions, RecipeStep } from './recipe.ts';

/** Steps that the recipes for hosts with a shell have in common. */

export const HOST_NOTES = (options: RecipeOptions): readonly string[] => [
  `Run as root in an empty folder with room for ${options.ringMegabytes} MB per member. The lines can be pasted as they are, or saved and run with bash.`,
  'Capture on every member, never on the bond: the bond does not show which member a frame took, nor LACPDUs.',
];

/** Starts one tcpdump per member in the background. `members`: shell words; `loop`: a shell variable that holds them instead. */
export function startStep(
  members: readonly { readonly word: string; readonly file: string }[],
  loop: string | null,
  snap: SnapLength,
  options: RecipeOptions,
): RecipeStep {
  const start = (word: string, file: string, log: string): string[] => [
    `${tcpdumpCommand(word, file, snap.bytes, options.ringMegabytes)} 2>${log} &`,
    'pids="$pids $!"',
  ];
  const commands =
    loop === null
      ? members.flatMap(({ word, file }) => start(word, file, file.replace(/\.pcap('?)$/, '.log$1')))
      : [`for member in ${loop}; do`, ...start('"$member"', '"$member.pcap"', '"$member.log"').map((line) => `  ${line}`), 'done'];
  return {
    title: 'Start on all members',
    shell: 'bash',
    notes: [
      `${snap.why}.`,
      `A ring of ten files of ${ringFileMegabytes(options.ringMegabytes)} MB per member: to wait for a rare fault, capture longer; the newest ${options.ringMegabytes} MB stay.`,
      'Nanoseconds of the system clock, one clock for all members. The clock of the network card (-j adapter_unsynced) is finer, but use it only where all members are ports of one card: tcpdump -J -i MEMBER lists what it has.',
    ],
    commands: ["pids=''", ...commands, 'sleep 2'],
  };
}

/** The traffic, then the end. */
export function waitAndStopSteps(options: RecipeOptions, logs: string): readonly RecipeStep[] {
  return [
    {
      title: 'Let the trouble happen',
      shell: 'bash',
      notes: ['At least 95 seconds, three LACPDUs of a slow partner. Make the traffic in question now, or wait for it.'],
      commands: [`sleep ${options.seconds}`],
    },
    {
      title: 'Stop on all members',
      shell: 'bash',
      notes: ['The last line shows how many packets the kernel dropped: any other number than 0 leaves holes in the analysis.'],
      commands: ['kill $pids', 'wait $pids', `grep -H dropped ${logs}`],
    },
  ];
}

/** `$ lacpviz flows …` on what was taken. */
export function analyseStep(args: readonly string[], notes: readonly string[] = []): RecipeStep {
  return {
    title: 'Analyse',
    shell: 'bash',
    notes: [
      'Here or on any machine the files were copied to; nothing is sent anywhere. What a command had nothing to say to leaves an empty file, which goes first.',
      ...notes,
    ],
    commands: ["find . -maxdepth 1 '(' -name 'before-*' -o -name 'after-*' ')' -size 0 -delete", `lacpviz flows ${args.join(' ')}`],
  };
}

/** Runs `command` with its output in a file whose name says when it was taken. */
export function saveState(when: 'before' | 'after', file: string, command: string): string {
  return `${command} >${shellWord(`${when}-${file}`)}`;
}
