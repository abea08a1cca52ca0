import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importState } from '../../src/state/import-state.ts';
import type { MemberFacts, PortParameters } from '../../src/state/state-facts.ts';
import { secondsBetween } from '../../src/report/iso-time.ts';
import type { LagPort } from '../../src/report/lacp-document.ts';
import { listSamples, samplePaths } from '../support/sample-cases.ts';
import { analyzePaths, listRuns, memberCaptures, portOf, runFile, SHARED } from '../support/lacp-runs.ts';

const publicCapture = join(SHARED, 'corpus/tcpdump-tests/LACP.pcap');
const hasCaptures = existsSync(join(SHARED, 'captures'));
const hint = hasCaptures ? '' : ' (skipped: the captures are not here)';

/** `event` at `seconds` after the first frame of the capture. */
function eventsOf(port: LagPort, start: string): [number, string, string][] {
  return port.transitions.map(({ time, event, actorState }) => [
    Math.round(secondsBetween(start, time) * 100) / 100,
    event,
    actorState.toString(16),
  ]);
}

describe.skipIf(!existsSync(publicCapture))(`LACP.pcap of tcpdump${existsSync(publicCapture) ? '' : ' (skipped: not here)'}`, () => {
  it('is told as it happened', async () => {
    const analysis = await analyzePaths([publicCapture]);
    const [lag] = analysis.document.lags;
    const start = analysis.document.inputs[0].firstTime ?? '';
    // The smaller system is side a: the passive switch of port 25.
    const passive = portOf(analysis, lag.members[0].name, 'a');
    const active = portOf(analysis, lag.members[0].name, 'b');
    expect(passive.mac).toBe('00:0e:83:16:f5:10');
    expect(passive.actor).toMatchObject({ port: 25, key: 13, bits: ['aggregation', 'synchronization', 'collecting', 'distributing'] });
    expect(active).toMatchObject({ mac: '00:13:c4:12:0f:0d', state: 'up', stateSource: 'pdu', interval: { expected: 30 } });
    expect(eventsOf(active, start)).toEqual([
      [0, 'first-pdu', '85'],
      [8.41, 'defaulted', '4d'],
      [8.41, 'in-sync', '4d'],
      [8.42, 'collecting', '7d'],
      [8.42, 'distributing', '7d'],
      [84.98, 'lost-sync', '4d'],
      [84.98, 'lost-sync', '45'],
      [90.47, 'partner-found', 'd'],
      [90.47, 'recovered', 'd'],
      [90.47, 'in-sync', 'd'],
      [90.5, 'collecting', '3d'],
      [90.5, 'distributing', '3d'],
    ]);
    expect(active.transitions[0].cause).toContain('before the capture began');
    expect(eventsOf(passive, start)).toEqual([
      [84.96, 'first-pdu', 'c'],
      [84.98, 'lost-sync', '4'],
      [86.77, 'in-sync', 'c'],
      [90.5, 'collecting', '3c'],
      [90.5, 'distributing', '3c'],
    ]);
    expect(passive.secondsToDistributing).toBeCloseTo(5.54, 2);
    expect(passive.state).toBe('up');
  });
});

const FIELDS = ['systemPriority', 'system', 'key', 'portPriority', 'port', 'state'] as const;

/** Whether the newest PDU of a port says what a state text says; a port that only a timer has moved since may differ in its state. */
function expectSame(port: LagPort | undefined, truth: PortParameters | undefined, where: string): void {
  if (truth?.system === undefined || truth.system === '00:00:00:00:00:00') return;
  expect(port?.actor, where).not.toBeNull();
  for (const field of FIELDS) {
    if (truth[field] === undefined || (field === 'state' && port?.stateSource === 'timer')) continue;
    expect(port?.actor?.[field], `${where} ${field}`).toBe(truth[field]);
  }
}

async function expectAsInText(captures: readonly string[], text: string, sides: boolean): Promise<number> {
  const analysis = await analyzePaths(captures);
  const imported = importState(readFileSync(text, 'utf8'));
  if ('code' in imported) return 0;
  const members: MemberFacts[] = imported.facts
    .flatMap((facts) => facts.lags.flatMap((lag) => lag.members))
    .filter((member) => member.actor !== undefined);
  const ports = analysis.document.lags.flatMap((lag) => lag.ports ?? []);
  for (const { name, actor, partner } of members) {
    const find = (end: PortParameters | undefined): LagPort | undefined =>
      ports.find((port) => port.member === name && port.actor?.system === end?.system);
    if (sides && actor?.system !== undefined) expect(find(actor), `${name} of ${text}`).toBeDefined();
    expectSame(find(actor), find(actor) === undefined ? undefined : actor, `${name} actor`);
    expectSame(find(partner), find(partner) === undefined ? undefined : partner, `${name} partner`);
  }
  return members.length;
}

describe(`ports against /proc/net/bonding at the end${hint}`, () => {
  const runs = listRuns('linux').flatMap((run) =>
    readdirSync(runFile('linux', run, '.'))
      .filter((file) => /^host-bond\d+-after\.txt$/.test(file))
      .map((file) => [run, file] as const),
  );
  it.skipIf(!hasCaptures).each(runs)('%s %s', async (run, file) => {
    await expectAsInText(memberCaptures('linux', run), runFile('linux', run, file), true);
  });
});

describe(`ports against lacp/show at the end${hint}`, () => {
  const runs = listRuns('ovs').flatMap((run) => {
    const shows = readdirSync(runFile('ovs', run, 'snapshots')).filter((file) => file.endsWith('host.lacp-show.txt'));
    return shows.length === 0 ? [] : [[run, `snapshots/${shows.sort()[shows.length - 1]}`] as const];
  });
  it.skipIf(!hasCaptures).each(runs)('%s %s', async (run, file) => {
    await expectAsInText(memberCaptures('ovs', run), runFile('ovs', run, file), false);
  });
});

describe('bundled samples', () => {
  it.each(listSamples().map((sample) => [sample.name, sample] as const))('%s: ports agree with the state text', async (_name, sample) => {
    const captures = samplePaths(sample, sample.captures);
    const texts = samplePaths(sample, sample.state).filter((path) => /after/.test(path));
    for (const text of texts) await expectAsInText(captures, text, false);
    const analysis = await analyzePaths(captures);
    for (const lag of analysis.document.lags) {
      for (const port of lag.ports ?? []) {
        const times = port.transitions.map(({ time }) => time);
        expect([...times].sort()).toEqual(times);
        expect(port.interval.max ?? 0).toBeGreaterThanOrEqual(port.interval.median ?? 0);
      }
      const pdus = analysis.pdus(lag.id);
      const sent = (lag.ports ?? []).reduce((sum, port) => sum + port.pdus, 0);
      expect(pdus.length).toBe(sent);
      if (pdus.length > 0) expect(pdus.at(0)).toMatchObject({ subtype: 1, malformed: null });
    }
  });
});
