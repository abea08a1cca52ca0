import { reasonCode, type HashPolicy } from './policy.ts';

const NO_HASH = reasonCode('hidden-input');

/** A bonding mode that places frames by something else than the packet (hash-spec 1.7). */
function createMode(id: string, title: string, how: string): HashPolicy {
  return {
    id,
    title,
    family: 'linux',
    selector: 'none',
    variants: [{ id: 'linux', title: how, source: { system: 'Linux bonding', versions: 'all', confidence: 'measured', reference: 'bonding.rst' } }],
    defaultVariant: 'linux',
    fields: [],
    hash(input, _context, out) {
      out.hash.fill(0, 0, input.length);
      out.reason.fill(NO_HASH, 0, input.length);
    },
    explain: () => [{ label: title, value: how }],
  };
}

export const linuxModes: readonly HashPolicy[] = [
  createMode('balance-rr', 'Linux bonding balance-rr', 'each frame takes the next member in turn'),
  createMode('active-backup', 'Linux bonding active-backup', 'every frame takes the one active member'),
  createMode('broadcast', 'Linux bonding broadcast', 'every frame leaves on every member'),
  createMode('balance-tlb', 'Linux bonding balance-tlb', 'the least loaded member at first use, rewritten every 10 s'),
  createMode('balance-alb', 'Linux bonding balance-alb', 'as balance-tlb; received traffic is steered by ARP replies'),
];
