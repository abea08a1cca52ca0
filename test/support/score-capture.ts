import { readFileSync } from 'node:fs';
import { formatMac } from '../../src/base/addresses.ts';
import { decodeBatch } from '../../src/decoder/decode-batch.ts';
import { createCaptureReader } from '../../src/decoder/open-capture.ts';
import { createPacketBatch } from '../../src/decoder/create-packet-batch.ts';
import { ROW_LEARNING, ROW_LINK_LOCAL, ROW_PER_PORT, ROW_SLOW_PROTOCOL } from '../../src/decoder/packet-batch.ts';
import { decodeFlowKey } from '../../src/flows/flow-fields.ts';
import { fillHashInput } from '../../src/flows/hash-input-from-keys.ts';
import { createHashInput } from '../../src/hash/hash-input.ts';
import { UNPREDICTED_REASONS, type HashContext, type HashPolicy } from '../../src/hash/policy.ts';

const CONTROL = ROW_LEARNING | ROW_LINK_LOCAL | ROW_PER_PORT | ROW_SLOW_PROTOCOL;

export interface Score {
  checked: number;
  agreed: number;
  /** Frames that agree only with their outermost tag in the frame, or cannot be told then. */
  inFrame: number;
  readonly unpredicted: Map<string, number>;
  readonly misses: string[];
}

export function emptyScore(): Score {
  return { checked: 0, agreed: 0, inFrame: 0, unpredicted: new Map(), misses: [] };
}

export interface ScoreRequest {
  readonly path: string;
  /** Index of the capture's member in the sender's order. */
  readonly index: number;
  readonly policy: HashPolicy;
  readonly context: HashContext;
  readonly isSender: (srcMac: string) => boolean;
  readonly from: number;
  readonly to: number;
}

/** Compares the index of every data frame of the sender in one capture with the member it was seen on. */
export function scoreCapture(request: ScoreRequest, score: Score): void {
  const reader = createCaptureReader();
  const batch = createPacketBatch();
  const input = createHashInput(batch.source.length);
  const beside = { hash: new Uint32Array(batch.source.length), reason: new Uint8Array(batch.source.length) };
  const inside = { hash: new Uint32Array(batch.source.length), reason: new Uint8Array(batch.source.length) };
  const { policy, context } = request;
  const drain = (): void => {
    while (reader.next(batch) > 0) {
      decodeBatch(batch, reader.info.sources);
      fillHashInput(input, batch.keys, batch.keyStart, 0, batch.length, { tagInFrame: true });
      policy.hash(input, context, inside);
      fillHashInput(input, batch.keys, batch.keyStart, 0, batch.length, { tagInFrame: false });
      policy.hash(input, context, beside);
      for (let row = 0; row < batch.length; row++) {
        const time = batch.seconds[row] + batch.nanos[row] / 1e9;
        if (time < request.from || time > request.to || (batch.flags[row] & CONTROL) !== 0) continue;
        if (!request.isSender(formatMac(input.srcMacHi[row], input.srcMacLo[row]))) continue;
        const reason = UNPREDICTED_REASONS[beside.reason[row]];
        if (reason !== null) {
          score.unpredicted.set(reason, (score.unpredicted.get(reason) ?? 0) + 1);
          continue;
        }
        score.checked++;
        if (beside.hash[row] % context.memberCount === request.index) score.agreed++;
        else if (input.tagCount[row] > 0 && inside.reason[row] !== 0) score.inFrame++;
        else if (input.tagCount[row] > 0 && inside.hash[row] % context.memberCount === request.index) score.inFrame++;
        else if (score.misses.length < 20)
          score.misses.push(`${batch.firstFrame + row}: ${JSON.stringify(decodeFlowKey(batch.keys, batch.keyStart[row]))}`);
      }
    }
  };
  reader.push(readFileSync(request.path));
  drain();
  reader.finish();
  drain();
}
