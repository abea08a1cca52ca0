import { eraForKernel } from '../hash/kernel-version.ts';
import type { LearnedModel } from '../hash/learned-model.ts';
import { LEARNED_POLICY_ID, learnedPolicyOf } from '../hash/learned-policy.ts';
import { reasonCode } from '../hash/policy.ts';
import { findPolicy, hasVariant, policyIds, POLICIES } from '../hash/registry.ts';
import type { MergedFlows } from '../flows/merge.ts';
import { imbalanceDistribution } from '../plan/chance.ts';
import type { ImbalanceDistribution } from '../plan/chance.ts';
import { bucketsOf } from '../plan/ovs-plan.ts';
import { OVS_BUCKETS } from '../plan/ovs-rebalance.ts';
import { hashTraffic, placeFlowsBy } from '../plan/plan-rule.ts';
import type { PlanRule, RuleHashes } from '../plan/plan-rule.ts';
import { gatherTraffic, NOWHERE } from '../plan/plan-traffic.ts';
import type { PlanTraffic } from '../plan/plan-traffic.ts';
import { layOut } from '../plan/plan-layout.ts';
import type { PlanOutcome } from '../plan/scenario.ts';
import { weighFlows } from '../plan/weigh.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { BadCall } from './bad-call.ts';
import { balancedMembers } from './balanced-members.ts';
import { placeAsItWas } from './plan-current.ts';
import type { CurrentPlacement } from './plan-current.ts';
import type { PlanPolicy } from './plan-query.ts';
import { tableOfSlots } from './plan-table.ts';

const IN_FRAME_TAG = reasonCode('in-frame-tag');

/** What flow records are, beside their flows. */
export interface RecordTraffic {
  readonly shadow: MergedFlows;
  readonly hasTimes: boolean;
  /** Variant of each side's policy, as options and state texts tell. */
  readonly variants: readonly (string | null)[];
}

/** A direction made ready for what-if: traffic, hashes and chances are gathered once and kept. */
export class PlanDirectionTables {
  readonly lag: LagAnalysis;
  readonly direction: DirectionAnalysis;
  #traffic: PlanTraffic | null = null;
  #current: CurrentPlacement | null = null;
  #inFrame: Uint32Array | null = null;
  readonly #hashes = new Map<string, RuleHashes>();
  readonly #chances = new Map<number, ImbalanceDistribution>();
  readonly #currentOutcomes = new Map<boolean, PlanOutcome>();
  #chancesAsItWas: ImbalanceDistribution | null = null;

  /** Flow records instead of captures: nobody saw which member carried what. */
  readonly records: RecordTraffic | null;

  constructor(lag: LagAnalysis, side: 0 | 1, records: RecordTraffic | null = null) {
    this.lag = lag;
    this.direction = lag.directions[side];
    this.records = records;
  }

  get traffic(): PlanTraffic {
    if (this.#traffic !== null) return this.#traffic;
    const { flows } = this.lag;
    const { list } = this.direction;
    this.#traffic = gatherTraffic(flows, list, this.records?.shadow ?? null, this.records?.hasTimes ?? true);
    if (this.records !== null) this.#forgetMembers(this.#traffic);
    return this.#traffic;
  }

  /** Of records the members are those that the sender's rule names, or none. */
  #forgetMembers({ home, slices }: PlanTraffic): void {
    const { rule, order } = this;
    home.fill(NOWHERE);
    if (rule !== null) {
      const layout = { ...layOut(order, () => false), names: order.map((m) => this.lag.plan.members[m].name) };
      const slots = placeFlowsBy(this.hashes(rule), layout, tableOfSlots(this, rule, layout));
      for (let p = 0; p < slots.length; p++) home[p] = slots[p] === NOWHERE ? NOWHERE : order[slots[p]];
    }
    for (let s = 0; s < slices.count; s++) slices.member[s] = home[slices.place[s]];
  }

  /** The rule of the sender, or null where it is not known. Records show none: it is given, or not known. */
  get rule(): PlanRule | null {
    const { policy, variant, basis, source } = this.direction.sender;
    if (this.records !== null && source !== 'option' && source !== 'state') return null;
    // Where one member carries all there is, every rule places it there: none is known.
    if (source === 'default') return null;
    return policy === null ? null : { policy, variant: this.records?.variants[this.direction.side] ?? variant, basis };
  }

  /** The rule in use, modes with one active member included: those have no hash, but what a failure does to them is known. */
  get ownRule(): PlanRule | null {
    const { named } = this.direction.sender;
    const mode = this.rule === null && named?.endsWith('active-backup') === true ? findPolicy(named) : null;
    return mode === null ? this.rule : { policy: mode, variant: mode.defaultVariant, basis: 0 };
  }

  /** Members by the packets that they carried, most first: the first that works is the active one. */
  get byPackets(): readonly number[] {
    const { home, packets } = this.traffic;
    const sums = new Float64Array(this.lag.plan.members.length);
    for (let p = 0; p < home.length; p++) if (home[p] !== NOWHERE) sums[home[p]] += packets[p];
    return [...this.order].sort((x, y) => sums[y] - sums[x]);
  }

  hashes(rule: PlanRule): RuleHashes {
    const key = `${rule.policy.id} ${rule.variant} ${rule.basis}`;
    let hashes = this.#hashes.get(key);
    if (hashes === undefined) this.#hashes.set(key, (hashes = hashTraffic(this.traffic, rule, this.#inFramePlaces)));
    return hashes;
  }

  /** Places of flows whose tag the sender's hash sees in the frame, as the captures show: so it will under any policy. */
  get #inFramePlaces(): Uint32Array {
    if (this.#inFrame !== null) return this.#inFrame;
    const { placement, list } = this.direction;
    const places: number[] = [];
    for (let p = 0; p < list.length; p++) if (placement.reason[list[p]] === IN_FRAME_TAG) places.push(p);
    return (this.#inFrame = Uint32Array.from(places));
  }

  /** What an ideal hash does to these flows on `members` links. */
  chances(members: number): ImbalanceDistribution {
    let chances = this.#chances.get(members);
    if (chances === undefined) {
      chances = imbalanceDistribution([{ weights: this.traffic.bytes, targets: Array.from({ length: members }, (_, m) => m) }], members);
      this.#chances.set(members, chances);
    }
    return chances;
  }

  /** What an ideal hash would have made of them on the members in use, each in its time. */
  get chancesAsItWas(): ImbalanceDistribution {
    const { lag, direction, inUse, records } = this;
    if (records !== null) return this.chances(inUse.length);
    this.#chancesAsItWas ??= imbalanceDistribution(weighFlows(lag.flows, direction.list, direction.epochs, inUse), inUse.length);
    return this.#chancesAsItWas;
  }

  /** What was sent as it was sent: asked for beside every scenario, and always the same. */
  currentOutcome(inTime: boolean, replay: () => PlanOutcome): PlanOutcome {
    let outcome = this.#currentOutcomes.get(inTime);
    if (outcome === undefined) this.#currentOutcomes.set(inTime, (outcome = replay()));
    return outcome;
  }

  get current(): CurrentPlacement {
    return (this.#current ??= placeAsItWas(this));
  }

  /**
   * Hash order of all members: as they were last, members out of use in their old place. Only enslaving anew puts a
   * member at the end (hash-spec 1.6).
   */
  get order(): readonly number[] {
    const { sender, epochs } = this.direction;
    const known = sender.order;
    if (this.records !== null) return known;
    let latest: readonly number[] = [];
    for (const { active } of epochs) if (active.length >= latest.length) latest = active;
    const all = this.lag.plan.members.map((_, m) => m);
    const base = isSubsequence(latest, known) ? known : [...latest, ...known.filter((m) => !latest.includes(m))];
    return [...base, ...all.filter((m) => !base.includes(m))];
  }

  /** Members that carry data, or could have: those whose balance is judged. */
  get inUse(): readonly number[] {
    return this.records !== null ? this.order : balancedMembers(this.direction);
  }

  /** Member of each Open vSwitch bucket at the end of the capture, -1 where it is not known; null for other senders. */
  get buckets(): Int16Array | null {
    const { buckets } = this.direction.sender;
    if (buckets === undefined) return null;
    const members = new Int16Array(OVS_BUCKETS).fill(-1);
    buckets.table.forEach((holds, b) => {
      if (b < OVS_BUCKETS) members[b] = holds[holds.length - 1]?.member ?? -1;
    });
    return members;
  }

  bucketOfPlaces(rule: PlanRule): Int16Array {
    const { hash, reasonFor } = this.hashes(rule);
    return bucketsOf(this.traffic.list.length, hash, reasonFor(2));
  }

  /** A policy as asked for: without a variant the era of the sender's kernel where that is known, else the newest. */
  ruleFor(asked: PlanPolicy): PlanRule {
    const own = this.ownRule;
    if (own !== null && own.policy.id === asked.id && asked.variant === undefined && asked.basis === undefined) return own;
    if (asked.id === LEARNED_POLICY_ID) return this.#learnedRule();
    const policy = findPolicy(asked.id);
    if (policy === null) throw new BadCall(`unknown policy ${asked.id}; known: ${policyIds().join(', ')}`);
    const basis = asked.basis ?? 0;
    if (asked.variant !== undefined) {
      const variant =
        policy.family === 'linux' && !hasVariant(policy, asked.variant)
          ? (eraForKernel(asked.variant)?.variant ?? asked.variant)
          : asked.variant;
      if (!hasVariant(policy, variant))
        throw new BadCall(`${asked.id} has no variant ${asked.variant}; it has ${policy.variants.map(({ id }) => id).join(', ')}`);
      return { policy, variant, basis };
    }
    const shared = own !== null && own.policy.family === policy.family && hasVariant(policy, own.variant) ? own.variant : null;
    return { policy, variant: shared ?? policy.defaultVariant, basis };
  }

  /** The learned switch that the options name for this side, or else for the other one. */
  #learnedRule(): PlanRule {
    const { side } = this.direction;
    const modelOf = (of: 0 | 1): LearnedModel | undefined => this.lag.directions[of].asked.options.model;
    const model = modelOf(side) ?? modelOf(side === 0 ? 1 : 0);
    if (model === undefined) throw new BadCall(`the policy ${LEARNED_POLICY_ID} needs a model (--model FILE)`);
    const policy = learnedPolicyOf(model);
    return { policy, variant: policy.defaultVariant, basis: 0, members: model.members };
  }

  /** The rule in use and every Linux policy by a hash. */
  defaultRules(): PlanRule[] {
    const own = this.ownRule;
    const linux = POLICIES.filter(({ family, selector, id }) => family === 'linux' && selector === 'modulo' && id !== own?.policy.id);
    return [...(own === null ? [] : [own]), ...linux.map(({ id }) => this.ruleFor({ id }))];
  }
}

function isSubsequence(part: readonly number[], whole: readonly number[]): boolean {
  let at = 0;
  for (const m of whole) if (at < part.length && part[at] === m) at++;
  return at === part.length;
}
