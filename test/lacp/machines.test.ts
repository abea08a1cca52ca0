import { describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeLacp } from '../../src/pipeline/analyze-lacp.ts';
import type { LagPort } from '../../src/report/lacp-document.ts';
import { ethernet, ipv4, padTo, udp } from '../support/frame-builder.ts';
import { captureOf, lacpdu, NOBODY, START_SECONDS, type TimedFrame } from '../support/lacp-frames.ts';

/** All captures here are generated: one member, side a is the smaller system. */
const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';

const pdu = (at: number, side: 'a' | 'b', state: number, partnerState: number | null): TimedFrame => ({
  at,
  frame: lacpdu({
    srcMac: `02:0${side}:00:00:00:01`,
    actor: { system: side === 'a' ? A : B, state },
    partner: partnerState === null ? NOBODY : { system: side === 'a' ? B : A, state: partnerState },
  }),
});

async function portA(frames: readonly TimedFrame[]): Promise<LagPort> {
  const { document } = await analyzeLacp([captureOf('eth0', frames)], DEFAULT_ANALYSIS_OPTIONS, {});
  const port = document.lags[0].ports?.find(({ side }) => side === 'a');
  if (port === undefined) throw new Error('no port of side a');
  return port;
}

const told = (port: LagPort, machine: string): [number, string, boolean][] =>
  port.machineChanges
    .filter((change) => change.machine === machine)
    .map(({ time, to, packet }) => [Math.round((Date.parse(time) / 1000 - START_SECONDS) * 100) / 100, to, packet !== null]);

/** A data frame of side a, by which the capture goes on. */
const data = (at: number): TimedFrame => ({ at, frame: padTo(ethernet(0x0800, ipv4(17, udp(5000, 53)), { src: A, dst: B }), 80) });

describe('the machines of a port', () => {
  it('are told from the first PDU to distributing, each since when', async () => {
    const port = await portA([
      pdu(0, 'a', 0xc7, null),
      pdu(1, 'a', 0xc7, null),
      pdu(1.5, 'b', 0x07, 0xc7),
      pdu(2, 'a', 0x0f, 0x07),
      pdu(2.5, 'b', 0x0f, 0x0f),
      pdu(3, 'a', 0x3f, 0x0f),
      pdu(3.5, 'b', 0x3f, 0x3f),
      pdu(4, 'a', 0x3f, 0x3f),
    ]);
    expect(told(port, 'receive')).toEqual([
      [0, 'expired', true],
      [2, 'current', true],
    ]);
    expect(told(port, 'mux')).toEqual([
      [0, 'detached', true],
      [2, 'attached', true],
      [3, 'distributing', true],
    ]);
    expect(told(port, 'actorChurn')).toEqual([
      [0, 'monitor', true],
      [2, 'none', true],
    ]);
    expect(port.machinesSince?.mux).toBe(port.machineChanges.filter(({ machine }) => machine === 'mux').at(-1)?.time);
    expect(port.machineChanges.find(({ machine, to }) => machine === 'receive' && to === 'current')?.cause).toContain('LACPDU of side b');
  });

  it('go on by their timers when PDUs end: expired after 3 s, defaulted 3 s later', async () => {
    const up = [0, 1, 2, 3, 4].flatMap((at) => [pdu(at, 'a', 0x3f, 0x3f), pdu(at + 0.1, 'b', 0x3f, 0x3f)]);
    const port = await portA([...up, data(30)]);
    expect(told(port, 'receive')).toEqual([
      [0, 'current', true],
      [7.1, 'expired', false],
      [10.1, 'defaulted', false],
    ]);
    expect(told(port, 'mux')).toEqual([
      [0, 'distributing', true],
      [7.1, 'detached', false],
    ]);
    expect(port).toMatchObject({ state: 'down', stateSource: 'timer' });
  });

  it('churn after 60 s out of sync, and count data that is sent meanwhile', async () => {
    const waiting = Array.from({ length: 80 }, (_, at) => [pdu(at, 'a', 0x07, 0x0f), pdu(at + 0.1, 'b', 0x0f, 0x07)]).flat();
    const port = await portA([...waiting, ...[10, 11, 12, 13].map((at) => data(at + 0.5))]);
    expect(told(port, 'actorChurn')).toEqual([
      [0, 'monitor', true],
      [60, 'churn', false],
    ]);
    expect(port.machines?.actorChurn).toBe('churn');
    expect(port.data).toEqual({ whileDistributing: 0, whileNotDistributing: 4, unclear: 0 });
  });
});
