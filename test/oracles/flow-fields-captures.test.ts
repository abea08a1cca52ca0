/** Fields written for a frame, given back to `predict`, must hash as the frame does: for every policy and variant. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeBatch } from '../../src/decoder/decode-batch.ts';
import { HEAD_LENGTH_MASK } from '../../src/decoder/flow-key.ts';
import { createCaptureReader } from '../../src/decoder/open-capture.ts';
import { createPacketBatch } from '../../src/decoder/create-packet-batch.ts';
import { decodeFlowKey, encodeFlowKey } from '../../src/flows/flow-fields.ts';
import { fillHashInput } from '../../src/flows/hash-input-from-keys.ts';
import { createHashInput } from '../../src/hash/hash-input.ts';
import { UNPREDICTED_REASONS } from '../../src/hash/policy.ts';
import { POLICIES } from '../../src/hash/registry.ts';

const root = new URL('../../../shared/captures/linux/', import.meta.url);
const RUNS = ['k6.1-encap23-n3', 'k6.1-snaplen96-layer34-n2', 'k6.1-dirs-sll2-layer23-n2', 'k6.1-vminject-layer34-n3'];

/** The rows of all distinct keys in a capture. */
function distinctRows(path: URL): Uint32Array[] {
  const seen = new Map<string, Uint32Array>();
  const reader = createCaptureReader();
  const batch = createPacketBatch();
  const drain = (): void => {
    while (reader.next(batch) > 0) {
      decodeBatch(batch, reader.info.sources);
      for (let row = 0; row < batch.length; row++) {
        const start = batch.keyStart[row];
        const words = batch.keys.slice(start, start + (batch.keys[start] & HEAD_LENGTH_MASK));
        seen.set(words.join(), words);
      }
    }
  };
  reader.push(readFileSync(path));
  drain();
  reader.finish();
  drain();
  return [...seen.values()];
}

function hashesOf(rows: readonly Uint32Array[], tagInFrame: boolean): Map<string, string[]> {
  const keys = new Uint32Array(rows.reduce((sum, row) => sum + row.length, 0));
  const starts = new Uint32Array(rows.length);
  let at = 0;
  rows.forEach((row, i) => {
    keys.set(row, at);
    starts[i] = at;
    at += row.length;
  });
  const input = createHashInput(rows.length);
  fillHashInput(input, keys, starts, 0, rows.length, { tagInFrame });
  const out = { hash: new Uint32Array(rows.length), reason: new Uint8Array(rows.length) };
  const results = new Map<string, string[]>();
  for (const policy of POLICIES) {
    for (const { id } of policy.variants) {
      policy.hash(input, { variant: id, basis: 7, memberCount: 2 }, out);
      // What cannot be predicted has no hash to compare.
      const texts = rows.map((_, i) => (out.reason[i] === 0 ? out.hash[i].toString(16) : String(UNPREDICTED_REASONS[out.reason[i]])));
      results.set(`${policy.id} ${id}`, texts);
    }
  }
  return results;
}

describe.skipIf(!existsSync(root))('fields of frames (../shared/captures/linux)', () => {
  for (const run of RUNS) {
    it(run, () => {
      const folder = new URL(`${run}/`, root);
      const captures = readdirSync(folder).filter((name) => name.endsWith('.pcap'));
      const rows = captures.slice(0, 2).flatMap((name) => distinctRows(new URL(name, folder)));
      expect(rows.length).toBeGreaterThan(300);
      const written = new Uint32Array(256);
      const again = rows.map((row) => {
        const fields = decodeFlowKey(row, 0);
        const encoded = encodeFlowKey(fields, written, 0);
        if (!encoded.ok) throw new Error(`${encoded.issue.reason}: ${JSON.stringify(fields)}`);
        return written.slice(0, encoded.value);
      });
      for (const tagInFrame of [false, true]) {
        const expected = hashesOf(rows, tagInFrame);
        const got = hashesOf(again, tagInFrame);
        for (const [name, texts] of expected) {
          const others = got.get(name) ?? [];
          const differing = texts.flatMap((text, i) =>
            text === others[i] ? [] : [`${text} ${others[i]} ${JSON.stringify(decodeFlowKey(rows[i], 0))}`],
          );
          expect(differing.slice(0, 5), `${name}, ${differing.length} of ${texts.length}`).toEqual([]);
        }
      }
    });
  }
});
