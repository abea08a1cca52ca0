import { destinationMac, isGroupMac, parseMac, sourceMac } from '../flows/mac.ts';
import type { HashPolicy } from '../hash/policy.ts';
import type { Hypothesis } from '../infer/hypothesis.ts';
import { familyPriors, favourStated, lacpMaker } from '../infer/rule-priors.ts';
import type { LacpMaker } from '../infer/rule-priors.ts';
import type { OrderPrior, RuleRequest } from '../infer/rule-source.ts';
import { membersInUse, steadyMoments } from './members-in-use.ts';
import { linuxRulesFor } from './sender-hypotheses.ts';
import { knownOrder } from './sender-order.ts';
import type { SenderRequest } from './sender.ts';

/** All that speaks for one rule or another, for `rankRules`: every family of senders, a stated policy only as the likelier one. */
export function ruleRequest(request: SenderRequest, stated: HashPolicy | null): RuleRequest {
  const familyPrior = familyPriors(makerOf(request));
  const linux = linuxRulesFor(request, familyPrior.linux ?? Math.log(0.1));
  return { ...requestFor(request, stated === null ? linux : favourStated(linux, stated)), familyPrior };
}

/** The same for rules that were asked for: nothing else is tried. */
export function requestFor(request: SenderRequest, hypotheses: readonly Hypothesis[]): RuleRequest {
  const members = membersInUse(request);
  return {
    flows: request.flows,
    list: request.list,
    isData: request.isData,
    isSteady: members.length < 2 ? () => true : steadyMoments(request.activity, members),
    members: members,
    memberNames: request.plan.members.map((member) => member.name),
    isOwnFrame: ownFrames(request),
    order: orderOf(request, members),
    hypotheses,
    familyPrior: {},
    basis: request.options.basis ?? request.facts.find((f) => f.facts.hashBasis !== undefined)?.facts.hashBasis ?? 0,
  };
}

/** Frames to groups whose source is the member's own address: sent by the member, not by the LAG. */
function ownFrames({ ends, flows }: SenderRequest): (flow: number, member: number) => boolean {
  const own = ends.map((end) => new Set((end?.srcMacs ?? []).map((mac) => parseMac(mac) ?? 0)));
  const { merged } = flows;
  return (flow, member) => {
    const { rows } = merged.tables[merged.keyTable[flow]].columns;
    const start = merged.keyStart[flow];
    return isGroupMac(destinationMac(rows, start)) && own[member].has(sourceMac(rows, start));
  };
}

function orderOf(request: SenderRequest, members: readonly number[]): OrderPrior | null {
  const known = knownOrder(request);
  if (known === null) return null;
  return { order: known.filter((m) => members.includes(m)), weight: request.options.members === undefined ? 'likely' : 'exact' };
}

/** Who wrote the LACPDUs of this end, as far as their priorities tell. */
export function makerOf({ ends }: Pick<SenderRequest, 'ends'>): LacpMaker {
  const end = ends.find((e) => e !== null);
  if (end === undefined || end === null) return null;
  return lacpMaker(end.systemPriority, end.runs[end.runs.length - 1].pdu.actor.portPriority);
}
