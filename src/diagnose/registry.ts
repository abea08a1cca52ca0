import type { Rule } from './rule.ts';
import { byChance, elephant, fewFlows, singleMacPair, skewed } from './rules/balance.ts';
import { evenPorts, microburst, polarised, tunnelHidesFlows } from './rules/balance-structure.ts';
import { bothPassive } from './rules/both-passive.ts';
import { bondDevice, clockSkew, duplicateFrames, offloadFrames } from './rules/capture-quality.ts';
import {
  corrupt,
  disjointTimes,
  dropped,
  emptyCapture,
  memberSilent,
  missingMember,
  oneDirection,
  snapLength,
  truncated,
} from './rules/captures.ts';
import { defaulted } from './rules/defaulted.ts';
import { endsDisagree } from './rules/ends-disagree.ts';
import { expired } from './rules/expired.ts';
import { failover } from './rules/failover.ts';
import { flap } from './rules/flap.ts';
import { fragmentsSplit, hashMismatch, policyChanged, policyDiffersFromState, unpredictable } from './rules/hash.ts';
import { actorChanged, duplicateMac, duplicatePort, loopback, thirdSystem } from './rules/identity.ts';
import { keyMismatch } from './rules/key-mismatch.ts';
import { noPartner } from './rules/no-partner.ts';
import { noPdus } from './rules/no-pdus.ts';
import { noteRules } from './rules/notes.ts';
import { hiddenInput } from './rules/hidden-input.ts';
import { frozenMap, oneMember } from './rules/one-member.ts';
import { bucketMismatch, rebalanced } from './rules/ovs.ts';
import { oneWay } from './rules/one-way.ts';
import { oneWayMember } from './rules/one-way-member.ts';
import { pagpInsteadOfLacp } from './rules/pagp.ts';
import { asymmetric, failoverBlackhole, reordered } from './rules/paths.ts';
import { malformedPdu, taggedPdu } from './rules/pdu-form.ts';
import { severalLinks } from './rules/several-links.ts';
import { splitPartner } from './rules/split-partner.ts';
import { aggregatorMismatch, noPartnerText } from './rules/state-text.ts';
import { polarisedTiers } from './rules/tiers.ts';
import { rateViolated, timeoutMismatch } from './rules/timers.ts';
import { unevenTimes } from './rules/uneven-times.ts';
import { dataWhileNotDistributing, individual, notDistributing, notSynchronized, stalePartnerView, standby } from './rules/waiting.ts';

/** Every rule, in the order in which findings of equal severity are listed. */
export const RULES: readonly Rule[] = [
  noPartner,
  noPartnerText,
  oneWay,
  expired,
  defaulted,
  splitPartner,
  keyMismatch,
  loopback,
  duplicatePort,
  pagpInsteadOfLacp,
  bothPassive,
  oneWayMember,
  endsDisagree,
  failoverBlackhole,
  aggregatorMismatch,
  hashMismatch,
  noPdus,
  flap,
  failover,
  memberSilent,
  notSynchronized,
  notDistributing,
  individual,
  rateViolated,
  stalePartnerView,
  thirdSystem,
  actorChanged,
  dataWhileNotDistributing,
  taggedPdu,
  malformedPdu,
  duplicateMac,
  policyDiffersFromState,
  policyChanged,
  bucketMismatch,
  hiddenInput,
  skewed,
  polarised,
  polarisedTiers,
  microburst,
  truncated,
  corrupt,
  emptyCapture,
  dropped,
  missingMember,
  severalLinks,
  disjointTimes,
  unevenTimes,
  reordered,
  duplicateFrames,
  bondDevice,
  clockSkew,
  ...noteRules,
  oneMember,
  frozenMap,
  rebalanced,
  timeoutMismatch,
  standby,
  tunnelHidesFlows,
  singleMacPair,
  evenPorts,
  elephant,
  fewFlows,
  byChance,
  fragmentsSplit,
  unpredictable,
  snapLength,
  oneDirection,
  asymmetric,
  offloadFrames,
];
