import type { Rule } from './rule.ts';
import { elephant, fragmentsSplit, singleMacPair } from './rules/balance.ts';
import { bothPassive } from './rules/both-passive.ts';
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
import { fewFlows, hashMismatch, skewed, unpredictable } from './rules/hash.ts';
import { actorChanged, duplicateMac, duplicatePort, loopback, thirdSystem } from './rules/identity.ts';
import { keyMismatch } from './rules/key-mismatch.ts';
import { noPartner } from './rules/no-partner.ts';
import { noPdus } from './rules/no-pdus.ts';
import { noteRules } from './rules/notes.ts';
import { frozenMap, oneMember } from './rules/one-member.ts';
import { oneWay } from './rules/one-way.ts';
import { oneWayMember } from './rules/one-way-member.ts';
import { pagpInsteadOfLacp } from './rules/pagp.ts';
import { malformedPdu, taggedPdu } from './rules/pdu-form.ts';
import { splitPartner } from './rules/split-partner.ts';
import { aggregatorMismatch, noPartnerText } from './rules/state-text.ts';
import { rateViolated, timeoutMismatch } from './rules/timers.ts';
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
  skewed,
  truncated,
  corrupt,
  emptyCapture,
  dropped,
  missingMember,
  disjointTimes,
  ...noteRules,
  oneMember,
  frozenMap,
  timeoutMismatch,
  standby,
  fewFlows,
  elephant,
  singleMacPair,
  fragmentsSplit,
  unpredictable,
  snapLength,
  oneDirection,
];
