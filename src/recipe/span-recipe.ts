import { chooseSnapLength } from './capture-command.ts';
import type { Recipe, RecipeOptions, RecipeStep } from './recipe.ts';
import { analyseStep, saveState, startStep, waitAndStopSteps } from './shared-steps.ts';

/**
 * Captures on the switch: one mirror session per member port, each to a port of its own, so that the member stays known.
 * Commands: Catalyst "Configuring SPAN and RSPAN", Nexus 9000 "Configuring SPAN", EOS "Port Mirroring", Junos "Port
 * Mirroring and Analyzers" (ELS).
 */
export function spanRecipe(options: RecipeOptions): Recipe {
  return {
    system: 'span',
    title: 'Switch: one SPAN session per member',
    notes: [
      'Mirror every member port to a port of its own, cabled to a capturing host. Mirroring the port-channel as a whole loses the member.',
      'Replace the port names. Members: Gi1/0/1 and Gi1/0/2 (Ethernet1 and 2, xe-0/0/1 and 2); mirrors: Gi1/0/23 and 24 (Ethernet47 and 48, xe-0/0/47 and 48).',
      "A mirror port that is slower than both directions of its member together drops frames. Many switches do not mirror the LACPDUs that they send themselves: then only the host's end is seen.",
    ],
    steps: [
      stateStep('before'),
      ...SESSIONS.map(({ shell, title, start, notes }): RecipeStep => ({
        title: `Start the mirrors: ${title}`,
        shell,
        notes,
        commands: start,
      })),
      {
        title: 'Name the capturing ports',
        shell: 'bash',
        notes: [
          'On the capturing host, as root: its ports in the order of the members. A card may strip tags: ethtool -K PORT rxvlan off keeps them.',
        ],
        commands: ['ports="eth1 eth2"', 'for port in $ports; do ip link set "$port" up promisc on; done'],
      },
      capturingStart(options),
      ...waitAndStopSteps(options, './*.log'),
      stateStep('after'),
      ...SESSIONS.map(({ shell, title, stop }): RecipeStep => ({
        title: `Remove the mirrors: ${title}`,
        shell,
        notes: [],
        commands: stop,
      })),
      namedAnalysis(),
    ],
  };
}

/** NAME=FILE gives each capture the name of the member that it mirrors. */
function namedAnalysis(): RecipeStep {
  const step = analyseStep(
    ['"${files[@]}"', './before-*', './after-*'],
    ['NAME=FILE names the member that a capture mirrors. Add the /proc/net/bonding text of the host at the other end if there is one.'],
  );
  return {
    ...step,
    commands: [
      'files=()',
      'for file in eth1.pcap*; do files+=("Gi1/0/1=$file"); done',
      'for file in eth2.pcap*; do files+=("Gi1/0/2=$file"); done',
      ...step.commands,
    ],
  };
}

function capturingStart(options: RecipeOptions): RecipeStep {
  const step = startStep([], '$ports', chooseSnapLength(options), options);
  return { ...step, title: 'Start on all capturing ports' };
}

function stateStep(when: 'before' | 'after'): RecipeStep {
  const ask = (file: string, command: string): string => saveState(when, file, `ssh "$switch" '${command}'`);
  return {
    title: when === 'before' ? 'State before' : 'State after',
    shell: 'bash',
    notes:
      when === 'before'
        ? [
            'IOS; on NX-OS and EOS: show port-channel summary, show port-channel load-balance. Junos: show lacp interfaces. Or copy the output from a terminal into a file.',
          ]
        : [],
    commands: [
      ...(when === 'before' ? ['switch=admin@switch'] : []),
      ask('summary.txt', 'show etherchannel summary'),
      ask('load-balance.txt', 'show etherchannel load-balance'),
      ask('neighbor.txt', 'show lacp neighbor'),
    ],
  };
}

interface MirrorSession {
  readonly shell: RecipeStep['shell'];
  readonly title: string;
  readonly notes: readonly string[];
  readonly start: readonly string[];
  readonly stop: readonly string[];
}

const SESSIONS: readonly MirrorSession[] = [
  {
    shell: 'ios',
    title: 'Cisco IOS',
    notes: ['encapsulation replicate keeps tags and the frames of LACP, PAgP, CDP and STP.'],
    start: [
      'configure terminal',
      'monitor session 1 source interface GigabitEthernet1/0/1 both',
      'monitor session 1 destination interface GigabitEthernet1/0/23 encapsulation replicate',
      'monitor session 2 source interface GigabitEthernet1/0/2 both',
      'monitor session 2 destination interface GigabitEthernet1/0/24 encapsulation replicate',
      'end',
      'show monitor session all',
    ],
    stop: ['configure terminal', 'no monitor session 1', 'no monitor session 2', 'end'],
  },
  {
    shell: 'nxos',
    title: 'Cisco NX-OS',
    notes: [],
    start: [
      'configure terminal',
      'interface ethernet 1/47-48',
      '  switchport',
      '  switchport monitor',
      'monitor session 1',
      '  source interface ethernet 1/1 both',
      '  destination interface ethernet 1/47',
      '  no shut',
      'monitor session 2',
      '  source interface ethernet 1/2 both',
      '  destination interface ethernet 1/48',
      '  no shut',
      'end',
      'show monitor session all',
    ],
    stop: ['configure terminal', 'no monitor session 1', 'no monitor session 2', 'end'],
  },
  {
    shell: 'eos',
    title: 'Arista EOS',
    notes: [],
    start: [
      'configure',
      'monitor session member1 source Ethernet1 both',
      'monitor session member1 destination Ethernet47',
      'monitor session member2 source Ethernet2 both',
      'monitor session member2 destination Ethernet48',
      'end',
      'show monitor session',
    ],
    stop: ['configure', 'no monitor session member1', 'no monitor session member2', 'end'],
  },
  {
    shell: 'junos',
    title: 'Junos',
    notes: [],
    start: [
      'configure',
      'set forwarding-options analyzer member1 input ingress interface xe-0/0/1.0',
      'set forwarding-options analyzer member1 input egress interface xe-0/0/1.0',
      'set forwarding-options analyzer member1 output interface xe-0/0/47.0',
      'set forwarding-options analyzer member2 input ingress interface xe-0/0/2.0',
      'set forwarding-options analyzer member2 input egress interface xe-0/0/2.0',
      'set forwarding-options analyzer member2 output interface xe-0/0/48.0',
      'commit and-quit',
      'show forwarding-options analyzer',
    ],
    stop: ['configure', 'delete forwarding-options analyzer member1', 'delete forwarding-options analyzer member2', 'commit and-quit'],
  },
];
