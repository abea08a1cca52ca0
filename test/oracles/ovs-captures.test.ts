/** With the true rule every bucket of a real Open vSwitch bond keeps one member; with a wrong one buckets are torn apart. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatMac } from '../../src/base/addresses.ts';
import { decodeBatch } from '../../src/decoder/decode-batch.ts';
import { createCaptureReader } from '../../src/decoder/open-capture.ts';
import { createPacketBatch } from '../../src/decoder/create-packet-batch.ts';
import { ROW_LINK_LOCAL, ROW_SLOW_PROTOCOL } from '../../src/decoder/packet-batch.ts';
import { fillHashInput } from '../../src/flows/hash-input-from-keys.ts';
import { createHashInput } from '../../src/hash/hash-input.ts';
import type { HashPolicy } from '../../src/hash/policy.ts';
import { findPolicy } from '../../src/hash/registry.ts';

const root = new URL('../../../shared/captures/ovs/', import.meta.url);
const RUNS = ['tcp2', 'tcp3', 'tcp5', 'tcp2-basis', 'tcp3-lb', 'crc-tcp2', 'slb2', 'passive-slow'];

interface Config {
  readonly bond_mode: string;
  readonly hash?: string;
  readonly basis?: { readonly host: number; readonly switch: number };
  readonly host_mac_prefix?: string;
  readonly switch_mac_prefix?: string;
  readonly host_bond_config: Readonly<Record<string, string>>;
  readonly marks: readonly { readonly t: number; readonly what: string }[];
  readonly members: readonly { readonly pcap: string }[];
}

interface BucketScore {
  frames: number;
  unpredicted: number;
  /** Frames on another member than the bucket's most used one. */
  astray: number;
}

function scoreBuckets(run: string, config: Config, prefix: string, policy: HashPolicy, variant: string, basis: number): BucketScore {
  const begin = config.marks.find((mark) => mark.what.includes('traffic begins'))?.t ?? 0;
  const end = config.marks.find((mark) => mark.what.includes('traffic ends'))?.t ?? Number.MAX_VALUE;
  const counts = config.members.map(() => new Uint32Array(256));
  const score = { frames: 0, unpredicted: 0, astray: 0 };
  config.members.forEach(({ pcap }, member) => {
    const reader = createCaptureReader();
    const batch = createPacketBatch();
    const input = createHashInput(batch.source.length);
    const out = { hash: new Uint32Array(batch.source.length), reason: new Uint8Array(batch.source.length) };
    const drain = (): void => {
      while (reader.next(batch) > 0) {
        decodeBatch(batch, reader.info.sources);
        fillHashInput(input, batch.keys, batch.keyStart, 0, batch.length, { tagInFrame: false });
        policy.hash(input, { variant, basis, memberCount: config.members.length }, out);
        for (let row = 0; row < batch.length; row++) {
          const time = batch.seconds[row] + batch.nanos[row] / 1e9;
          if (time < begin || time > end + 0.5 || (batch.flags[row] & (ROW_SLOW_PROTOCOL | ROW_LINK_LOCAL)) !== 0) continue;
          if (!formatMac(input.srcMacHi[row], input.srcMacLo[row]).startsWith(prefix)) continue;
          if (out.reason[row] !== 0) score.unpredicted++;
          else {
            score.frames++;
            counts[member][out.hash[row] & 255]++;
          }
        }
      }
    };
    reader.push(readFileSync(new URL(`${run}/${pcap}`, root)));
    drain();
    reader.finish();
    drain();
  });
  for (let bucket = 0; bucket < 256; bucket++) {
    const onMembers = counts.map((member) => member[bucket]);
    score.astray += onMembers.reduce((sum, frames) => sum + frames, 0) - Math.max(...onMembers);
  }
  return score;
}

describe.skipIf(!existsSync(root))('buckets of Open vSwitch 3.1.0 (../shared/captures/ovs)', () => {
  for (const run of RUNS) {
    const config = JSON.parse(readFileSync(new URL(`${run}/config.json`, root), 'utf8')) as Config;
    for (const side of ['host', 'switch'] as const) {
      const prefix = side === 'host' ? config.host_mac_prefix : config.switch_mac_prefix;
      const policy = findPolicy(`ovs-${config.bond_mode}`);
      if (prefix === undefined || policy === null) continue;
      const family = config.hash === 'crc' ? 'crc' : 'portable';
      const variant = config.host_bond_config['other_config:lb-output-action'] === 'true' ? `${family}/lb-output` : family;
      const basis = config.basis?.[side] ?? 0;
      it(`${run} ${side}`, () => {
        const score = scoreBuckets(run, config, prefix, policy, variant, basis);
        expect(score.frames).toBeGreaterThan(100);
        expect(score.astray).toBe(0);
        const wrong = scoreBuckets(run, config, prefix, policy, family === 'crc' ? 'portable' : 'crc', basis);
        expect(wrong.astray).toBeGreaterThan(score.frames / 20);
      });
    }
  }
});
