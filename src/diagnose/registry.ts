import type { Rule } from './finding.ts';
import { bothPassive } from './rules/both-passive.ts';
import { defaulted } from './rules/defaulted.ts';
import { endsDisagree } from './rules/ends-disagree.ts';
import { expired } from './rules/expired.ts';
import { failover } from './rules/failover.ts';
import { flap } from './rules/flap.ts';
import { keyMismatch } from './rules/key-mismatch.ts';
import { noPartner } from './rules/no-partner.ts';
import { noPdus } from './rules/no-pdus.ts';
import { frozenMap, oneMember } from './rules/one-member.ts';
import { oneWay } from './rules/one-way.ts';
import { oneWayMember } from './rules/one-way-member.ts';
import { splitPartner } from './rules/split-partner.ts';

/** Every rule, in the order in which findings of equal severity are listed. */
export const RULES: readonly Rule[] = [
  noPartner,
  oneWay,
  expired,
  defaulted,
  splitPartner,
  keyMismatch,
  bothPassive,
  oneWayMember,
  endsDisagree,
  noPdus,
  flap,
  failover,
  oneMember,
  frozenMap,
];
