import type { LinkEnd } from '../lacp/group-lags.ts';
import { BadCall } from './bad-call.ts';
import type { SenderRequest } from './sender.ts';

/** Hash order by option, state text, or actor port numbers; null if nothing tells it. */
export function knownOrder(request: SenderRequest): readonly number[] | null {
  const { options, facts, plan, ends } = request;
  if (options.members !== undefined) {
    return options.members.map((name) => {
      const m = plan.members.findIndex((member) => member.name === name);
      if (m < 0) throw new BadCall(`no member ${name} in ${plan.id}; its members: ${plan.members.map((member) => member.name).join(', ')}`);
      return m;
    });
  }
  const byPort = orderByActorPort(ends);
  const renumbered = ends.some((end) => end !== null && new Set(end.runs.map((run) => run.pdu.actor.port)).size > 1);
  const stated = facts.find((f) => f.facts.membersInHashOrder && f.members.length > 0 && f.members.every((m) => m >= 0));
  // A text describes one moment: of members that were enslaved again, or taken out, only the port numbers tell the order before.
  const leftOut = ends.some((end, m) => end?.everUp === true && stated?.members.includes(m) === false);
  if (stated !== undefined && !((renumbered || leftOut) && byPort !== null) && !sendsOnOthers(request, stated.members))
    return stated.members;
  return byPort;
}

/** This end also sends on members that the text does not list: it was cut short, or tells of another moment, and gives no order of all. */
function sendsOnOthers({ activity: { bins, data } }: SenderRequest, listed: readonly number[]): boolean {
  for (let m = 0; m * bins < data.length; m++) if (!listed.includes(m) && data.subarray(m * bins, (m + 1) * bins).includes(1)) return true;
  return false;
}

/** A Linux bond numbers its ports in order of enslaving, and that number is the actor port of its LACPDUs. */
function orderByActorPort(ends: readonly (LinkEnd | null)[]): number[] | null {
  const ports = ends.flatMap((end, m) => (end === null ? [] : [{ m, port: end.runs[0].pdu.actor.port }]));
  if (ports.length < ends.length || ports.length === 0 || new Set(ports.map((p) => p.port)).size < ports.length) return null;
  return ports.sort((x, y) => x.port - y.port).map((p) => p.m);
}
