import type { LagFlows } from '../flows/lag-flows.ts';
import type { EntropyAudit, EntropyDirection } from './entropy-types.ts';

export type * from './entropy-types.ts';

/** Which header bits vary in a direction's traffic, what each policy can see of them, and which tunnels hide flows. */
export function auditEntropy(flows: LagFlows, direction: EntropyDirection): EntropyAudit {
  void flows;
  return { flows: direction.list.length, packets: 0, bytes: 0, fields: [], policies: [], tunnels: [], change: null };
}
