import { moduloRules } from './modulo-rules.ts';
import { ovsRules } from './ovs-rules.ts';
import type { RuleSource } from './rule-source.ts';

/** Where hypotheses come from, cheap ones first. Adding one: a file and a line here (docs/how-it-decides.md). */
export const RULE_SOURCES: readonly RuleSource[] = [moduloRules, ovsRules];
