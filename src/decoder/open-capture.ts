import type { CaptureReader } from './capture-reader.ts';
import { GzipInflater } from './gzip-inflater.ts';
import type { Compression, Inflater, InflaterFactory } from './inflater.ts';
import { InputProbe } from './input-probe.ts';
import { ZstdInflater } from './zstd-inflater.ts';

/** The decompression written here; a host may bring a faster one. */
export function createInflater(compression: Compression): Inflater {
  return compression === 'gzip' ? new GzipInflater() : new ZstdInflater();
}

/**
 * A probe for an input of any content: a capture (pcap or pcapng) or a text, plain, gzip or zstd.
 *
 *     const probe = createInputProbe();
 *     for each chunk { probe.push(chunk); while (probe.reader && probe.reader.next(batch) > 0) use(batch); if (probe.done) break; }
 *     probe.finish(); while (probe.reader && probe.reader.next(batch) > 0) use(batch);
 *     then probe.reader.info, or probe.text, or probe.failure; and probe.issues
 */
export function createInputProbe(makeInflater: InflaterFactory = createInflater): InputProbe {
  return new InputProbe(makeInflater, true);
}

/** A reader for captures only, detected by content; anything else, a text too, is an issue (`not-a-capture` and the like). */
export function createCaptureReader(makeInflater: InflaterFactory = createInflater): CaptureReader {
  return new InputProbe(makeInflater, false);
}
