import { chooseSnapLength, fileWord, shellWord } from './capture-command.ts';
import type { HostBond, Recipe, RecipeOptions, RecipeStep } from './recipe.ts';
import { analyseStep, HOST_NOTES, saveState, startStep, waitAndStopSteps } from './shared-steps.ts';

/** Captures of a bond of the Linux bonding driver. */
export function linuxRecipe(options: RecipeOptions): Recipe {
  const { bond } = options;
  return {
    system: 'linux',
    title: bond === null ? 'Linux bond: on the host' : `Linux bond ${bond.name}: on this host`,
    notes: [...HOST_NOTES(options), ...(bond === null ? [] : describeBond(bond))],
    steps: bond === null ? stepsForAny(options) : stepsForBond(bond, options),
  };
}

function stepsForAny(options: RecipeOptions): RecipeStep[] {
  return [
    {
      title: 'Name the bond',
      shell: 'bash',
      notes: [
        "Its members are read in the order of enslaving, which is the order the hash counts them. lacpviz recipe --iface bond0 prints this for the host's own bond.",
      ],
      commands: ['bond=bond0', 'members=$(cat "/sys/class/net/$bond/bonding/slaves")', 'echo "$bond: $members"'],
    },
    stateStep('before', '"/proc/net/bonding/$bond"'),
    startStep([], '$members', chooseSnapLength(options), options),
    ...waitAndStopSteps(options, './*.log'),
    stateStep('after', '"/proc/net/bonding/$bond"'),
    analyseStep(['./*.pcap*', './before-*', './after-*']),
  ];
}

function stepsForBond(bond: HostBond, options: RecipeOptions): RecipeStep[] {
  const members = bond.members.map(({ name }) => ({ word: shellWord(name), file: fileWord(name, '.pcap') }));
  const proc = shellWord(`/proc/net/bonding/${bond.name}`);
  // No --kernel: distributions carry changes of later kernels back, so the release is a prior and the traffic decides.
  const local = bond.mac === null ? [] : [`--local ${bond.mac}`];
  return [
    stateStep('before', proc),
    startStep(members, null, chooseSnapLength(options), options),
    ...waitAndStopSteps(options, members.map(({ file }) => file.replace(/\.pcap('?)$/, '.log$1')).join(' ')),
    stateStep('after', proc),
    analyseStep([...local, ...members.map(({ file }) => `${file}*`), './before-*', './after-*']),
  ];
}

function stateStep(when: 'before' | 'after', proc: string): RecipeStep {
  return {
    title: when === 'before' ? 'State before' : 'State after',
    shell: 'bash',
    notes:
      when === 'before'
        ? ['Policy, kernel, order of the members and both ends as the driver sees them; counters, to see what a capture missed.']
        : ['The same once more: counters and LACP states that moved meanwhile show.'],
    commands: [
      saveState(when, 'bond.txt', `cat ${proc}`),
      saveState(when, 'ip-link.json', 'ip -d -j link'),
      saveState(when, 'ip-counters.txt', 'ip -s link'),
    ],
  };
}

/** What was read from the host, and what of it may spoil the capture. */
function describeBond(bond: HostBond): string[] {
  const members = bond.members.map(({ name, permanentMac, speedMbps, linkUp }) => {
    const facts = [permanentMac, speedMbps === null ? null : `${speedMbps} Mbit/s`, linkUp === false ? 'link down' : null];
    return `${name} (${facts.filter((fact) => fact !== null).join(', ')})`;
  });
  const facts = [
    bond.mode === null ? null : `mode ${bond.mode}`,
    bond.policy === null ? null : `policy ${bond.policy}`,
    bond.lacpRate === null ? null : `LACP rate ${bond.lacpRate}`,
    bond.kernel === null ? null : `kernel ${bond.kernel}`,
  ].filter((fact) => fact !== null);
  const notes = [
    `${bond.name}${bond.mac === null ? '' : ` (${bond.mac})`}: ${facts.join(', ')}.`,
    `Members in hash order: ${members.join(', ')}.`,
  ];
  if (bond.vlans.length > 0) notes.push(`VLAN devices on it: ${bond.vlans.join(', ')}. Captures show their tags in the frames.`);
  if (bond.stackedVlans.length > 0)
    notes.push(
      `Two tags: ${bond.stackedVlans.join(', ')}. Behind the outer tag the hash sees no IP header: layer2+3 and layer3+4 use the MAC addresses only.`,
    );
  if (bond.bridge !== null)
    notes.push(`The bridge ${bond.bridge} is above it: the MAC addresses of guests enter layer2 and layer2+3 hashes.`);
  if (bond.members.length < 2)
    notes.push(`${bond.name} has ${bond.members.length === 0 ? 'no member' : 'one member'}: there is nothing to distribute.`);
  return notes;
}
