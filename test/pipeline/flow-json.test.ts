import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeFlows } from '../../src/pipeline/analyze.ts';
import type { Flow } from '../../src/report/document.ts';
import { memoryInput } from '../support/memory-input.ts';

const SAMPLES = new URL('../../samples/', import.meta.url);

/** What two flows of one conversation have in common, from one end or the other. */
function endsOf(flow: Flow, isSwapped: boolean): string {
  const { etherType, vlans, protocol, fragment, icmp } = flow;
  const ends = [`${flow.src} ${flow.srcPort}`, `${flow.dst} ${flow.dstPort}`];
  if (isSwapped) ends.reverse();
  return JSON.stringify([etherType, vlans, protocol, fragment, icmp?.id, ends]);
}

describe.each(['healthy-layer34', 'link-lost-and-back', 'ovs-rebalancing', 'tunnels-encap23', 'one-link'])('flows of %s', (id) => {
  const folder = new URL(`${id}/`, SAMPLES);
  const inputs = readdirSync(folder)
    .filter((name) => !/^(case|golden|README)/.test(name))
    .map((name) => memoryInput(name, new Uint8Array(readFileSync(new URL(name, folder)))));
  const analysed = analyzeFlows(inputs, DEFAULT_ANALYSIS_OPTIONS, {});

  it('are the same as text and as objects', async () => {
    const analysis = await analysed;
    const list = analysis.flows(analysis.document.lags[0].id, { where: [], sort: 'firstTime' });
    expect(list.length).toBeGreaterThan(0);
    for (let i = 0; i < list.length; i++) expect(list.json(i)).toBe(JSON.stringify(list.at(i)));
  });

  it('have the first flow of the other direction between the same ends as their reverse, all listed or few', async () => {
    const analysis = await analysed;
    const lagId = analysis.document.lags[0].id;
    const list = analysis.flows(lagId, { where: [], sort: 'firstTime' });
    const flows = Array.from({ length: list.length }, (_, i) => list.at(i));
    const byEnds = new Map<string, Flow[]>();
    for (const flow of flows) byEnds.set(endsOf(flow, true), [...(byEnds.get(endsOf(flow, true)) ?? []), flow]);
    for (const flow of flows) {
      if (flow.src === null || flow.tunnel !== null) continue;
      const reverse = byEnds.get(endsOf(flow, false))?.find((other) => other.id !== flow.id && other.from !== flow.from);
      expect(flow.reverse).toBe(reverse?.id ?? null);
    }
    const few = analysis.flows(lagId, { where: [], sort: '-bytes', top: 3 });
    for (let i = 0; i < few.length; i++) expect(few.at(i)).toEqual(flows.find((flow) => flow.id === few.at(i).id));
  });
});
