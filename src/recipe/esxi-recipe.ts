import { chooseSnapLength } from './capture-command.ts';
import type { Recipe, RecipeOptions, RecipeStep } from './recipe.ts';
import { analyseStep, saveState } from './shared-steps.ts';

/**
 * Captures of a VMware ESXi team: pktcap-uw per uplink (vSphere Networking, "pktcap-uw Command Syntax for Capturing
 * Packets"). Its shell is the ash of busybox.
 */
export function esxiRecipe(options: RecipeOptions): Recipe {
  const snap = chooseSnapLength(options);
  return {
    system: 'esxi',
    title: 'VMware ESXi: in the ESXi shell',
    notes: [
      'Run in an SSH session on the host, in a folder of a datastore with room: the RAM disk is small.',
      'A standard switch speaks no LACP: without LACPDUs a static bundle on the physical switch is normal with IP hash. LACP needs a distributed switch.',
    ],
    steps: [
      {
        title: 'Name the switch and its uplinks',
        shell: 'esxi',
        notes: [],
        commands: ['vswitch=vSwitch0', 'uplinks="vmnic0 vmnic1"'],
      },
      stateStep('before'),
      {
        title: 'Start on all uplinks',
        shell: 'esxi',
        notes: [
          `${snap.why}.`,
          '--dir 2 takes both directions (ESXi 6.7 and later). Before, start two per uplink: --capture UplinkRcv and --capture UplinkSnd, into files of their own; both belong to the same member.',
        ],
        commands: [
          "pids=''",
          'for uplink in $uplinks; do',
          `  pktcap-uw --uplink "$uplink" --dir 2 --snaplen ${snap.bytes} --ng -o "$uplink.pcapng" >"$uplink.log" 2>&1 &`,
          '  pids="$pids $!"',
          'done',
        ],
      },
      {
        title: 'Let the trouble happen',
        shell: 'esxi',
        notes: ['At least 95 seconds where LACP is in use.'],
        commands: [`sleep ${options.seconds}`],
      },
      {
        title: 'Stop on all uplinks',
        shell: 'esxi',
        notes: ['lsof | grep pktcap-uw shows whether one is left.'],
        commands: ['kill $pids'],
      },
      stateStep('after'),
      analyseStep(['./*.pcapng', './before-*.txt', './after-*.txt']),
    ],
  };
}

function stateStep(when: 'before' | 'after'): RecipeStep {
  return {
    title: when === 'before' ? 'State before' : 'State after',
    shell: 'esxi',
    notes: [],
    commands: [
      saveState(when, 'nics.txt', 'esxcli network nic list'),
      saveState(when, 'failover.txt', 'esxcli network vswitch standard policy failover get -v "$vswitch"'),
      ...(when === 'before'
        ? ['# On a distributed switch with LACP, to read beside it: esxcli network vswitch dvs vmware lacp status get']
        : []),
    ],
  };
}
