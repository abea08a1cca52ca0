import { describe, expect, it } from 'vitest';
import { isObserved, joinSpans, observedEnd } from '../../src/lacp/observed-time.ts';

const at = (seconds: number): { seconds: number; nanos: number } => ({ seconds, nanos: 500_000_000 });
const span = (from: number, to: number): { from: ReturnType<typeof at>; to: ReturnType<typeof at> } => ({ from: at(from), to: at(to) });

describe('when a member was captured', () => {
  it('is one stretch where captures overlap or follow each other at once, whatever their order', () => {
    expect(joinSpans([span(20, 30), span(0, 10), span(5, 20)])).toEqual([span(0, 30)]);
    expect(joinSpans([span(0, 30), span(5, 10)])).toEqual([span(0, 30)]);
    expect(joinSpans([span(0, 10), span(12, 20)])).toEqual([span(0, 20)]);
    expect(joinSpans([])).toEqual([]);
  });

  it('has a hole where no capture ran, in which nothing is known', () => {
    const spans = joinSpans([span(0, 10), span(15, 20)]);
    expect(spans).toEqual([span(0, 10), span(15, 20)]);
    expect(isObserved(spans, at(1), at(10))).toBe(true);
    expect(isObserved(spans, at(9), at(16))).toBe(false);
    expect(isObserved(spans, at(19), at(21))).toBe(false);
    expect(observedEnd(spans)).toEqual(at(20));
    expect(observedEnd([])).toBeNull();
  });
});
