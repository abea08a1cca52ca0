/** Bonding modes that place frames by something else than the packet (hash-spec 1.7). */
import { createRuleWithoutHash } from './no-hash.ts';
import type { HashPolicy } from './policy.ts';

function createMode(mode: string, how: string): HashPolicy {
  const source = { system: 'Linux bonding', versions: 'all', confidence: 'measured', reference: 'captures of kernel 6.1' } as const;
  return createRuleWithoutHash(mode, `Linux bonding ${mode}`, how, 'linux', 'linux', source);
}

export const linuxModes: readonly HashPolicy[] = [
  createMode('balance-rr', 'each frame takes the next member in turn'),
  createMode('active-backup', 'every frame takes the one active member'),
  createMode('broadcast', 'every frame leaves on every member'),
  createMode('balance-tlb', 'the least loaded member at first use; entries are released every 10 s'),
  createMode('balance-alb', 'as balance-tlb; received traffic is steered by ARP replies'),
];
