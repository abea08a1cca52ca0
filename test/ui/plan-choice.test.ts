import { describe, expect, it } from 'vitest';
import { formatPlanView, parsePlanView } from '../../src/ui/store/plan-choice.ts';

describe('the plan of the fragment', () => {
  it.each(['', 'b', 'a;layer3+4,linux-5.18;3;eth1', 'b;learned', ';learned;4'])('%s is written as it was read', (text) => {
    const view = parsePlanView(text);
    expect(parsePlanView(formatPlanView(view))).toEqual(view);
  });

  it('knows a learned switch, whose model the analysis has, and no other policy beside the registry', () => {
    expect(parsePlanView('a;learned;2').policy).toEqual({ id: 'learned' });
    expect(parsePlanView('a;layer9;2').policy).toBeNull();
  });
});
