import { sourceMac } from '../flows/mac.ts';
import { toldBasis } from '../hash/policy.ts';
import type { ChassisReport, ChassisRow } from '../report/chassis-document.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { buildBuckets } from './build-buckets.ts';

/** How each chassis of a sender places its stations' flows; nothing for senders that are one. */
export function buildChassis(lag: LagAnalysis, { chassis, sender: { split } }: DirectionAnalysis): ChassisReport {
  if (chassis === undefined || split === undefined) return {};
  const { merged } = lag.flows;
  const name = (m: number): string => lag.plan.members[m].name;
  return {
    chassis: chassis.parts.map((part, c): ChassisRow => {
      const { policy, variant, basis } = split[c].hypothesis;
      const { sender, list, placement } = part;
      const stations = new Set(Array.from(list, (f) => sourceMac(merged.tables[merged.keyTable[f]].columns.rows, merged.keyStart[f])));
      return {
        members: split[c].members.map(name),
        policy: {
          id: policy.id,
          variant,
          basis: toldBasis(policy, basis),
          members: sender.order.map(name),
          confidence: sender.confidence,
        },
        stations: stations.size,
        agreement: placement.agreement,
        ...buildBuckets(lag, part),
      };
    }),
  };
}
