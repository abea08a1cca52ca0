import { moduloRules } from './modulo-rules.ts';
import { ovsRules } from './ovs-rules.ts';
import type { RuleSource } from './rule-source.ts';
import { learnedRules } from './switches/learned-rules.ts';
import { teamTableRules } from './switches/team-tables.ts';
import { ciscoRules, freebsdRules, laggKeyRules, teamRules, vmwareRules } from './switches/other-senders.ts';

/** Where hypotheses come from, cheap ones first. Adding one: a file and a line here (docs/how-it-decides.md). */
export const RULE_SOURCES: readonly RuleSource[] = [
  moduloRules,
  teamRules,
  vmwareRules,
  ciscoRules,
  freebsdRules,
  ovsRules,
  teamTableRules,
  laggKeyRules,
  learnedRules,
];
