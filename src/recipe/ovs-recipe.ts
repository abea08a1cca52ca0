import { chooseSnapLength } from './capture-command.ts';
import type { Recipe, RecipeOptions, RecipeStep } from './recipe.ts';
import { analyseStep, HOST_NOTES, saveState, startStep, waitAndStopSteps } from './shared-steps.ts';

/**
 * Captures of an Open vSwitch bond. Its table from bucket to member cannot be computed, so it is read before and after:
 * `bridge/dump-flows` prints the hidden rules of balance-tcp, `bond/show` the loads (ovs-vswitchd(8), Open vSwitch 3.1).
 */
export function ovsRecipe(options: RecipeOptions): Recipe {
  const start = startStep([], '$members', chooseSnapLength(options), options);
  return {
    system: 'ovs',
    title: 'Open vSwitch bond: on the host',
    notes: [...HOST_NOTES(options), 'The bond is no network device here: ip link and tcpdump do not know its name, only its members.'],
    steps: [
      {
        title: 'Name the bond',
        shell: 'bash',
        notes: ['ovs-appctl bond/list lists all bonds with their members.'],
        commands: [
          'bond=bond0',
          'bridge=$(ovs-vsctl port-to-br "$bond")',
          `members=$(ovs-appctl bond/show "$bond" | sed -nE 's/^(member|slave) "?([^":]+)"?: .*/\\2/p')`,
          'echo "$bridge $bond: $members"',
        ],
      },
      stateStep('before'),
      {
        ...start,
        notes: [
          ...start.notes,
          'Members that DPDK or AF_XDP has taken over do not reach tcpdump: mirror each of them to an internal port of its own (ovs-vsctl -- --id=@m create mirror …), or capture on the switch.',
        ],
      },
      ...waitAndStopSteps(options, './*.log'),
      stateStep('after'),
      analyseStep(
        ['./*.pcap*', './before-*', './after-*'],
        ['Buckets that moved between the two texts are taken as moved; rebalancing in between is read from the captures.'],
      ),
    ],
  };
}

function stateStep(when: 'before' | 'after'): RecipeStep {
  return {
    title: when === 'before' ? 'State before' : 'State after',
    shell: 'bash',
    notes:
      when === 'before'
        ? ['Bond mode, basis, the buckets of each member, LACP at both ends, port numbers and the datapath.']
        : ['The same once more: buckets that moved show.'],
    commands: [
      saveState(when, 'bond-show.txt', 'ovs-appctl bond/show "$bond"'),
      saveState(when, 'lacp-show.txt', 'ovs-appctl lacp/show "$bond"'),
      saveState(when, 'lacp-stats.txt', 'ovs-appctl lacp/show-stats "$bond"'),
      saveState(when, 'port.txt', 'ovs-vsctl list port "$bond"'),
      saveState(when, 'interfaces.txt', 'for member in $members; do ovs-vsctl list interface "$member"; done'),
      saveState(when, 'buckets.txt', 'ovs-appctl bridge/dump-flows "$bridge"'),
      saveState(when, 'dpif.txt', 'ovs-appctl dpif/show'),
      // The buckets with lb-output-action; the kernel datapath refuses it.
      saveState(when, 'datapath-buckets.txt', 'ovs-appctl dpif-netdev/bond-show 2>/dev/null'),
      saveState(when, 'fdb.txt', 'ovs-appctl fdb/show "$bridge"'),
    ],
  };
}
