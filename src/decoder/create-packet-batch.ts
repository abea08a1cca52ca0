import { ScanMemory } from '../wasm/scan-memory.ts';
import { decodePlainIpv4, decodePlainIpv6 } from './decode-plain.ts';
import { MAX_KEY_WORDS } from './flow-key.ts';
import { BATCH_ROWS, type BatchLoops, type PacketBatch } from './packet-batch.ts';
import { summariseRows } from './summarise-rows.ts';
import { walkUsualBlocks } from './walk-blocks.ts';
import { walkUsualRecords } from './walk-records.ts';

/** Places in `marks`, `sums` and `summary`. */
const NUMBERS = 8;

export function createPacketBatch(rows: number = BATCH_ROWS, memory: ScanMemory = new ScanMemory(false)): PacketBatch {
  const bytes = new Uint8Array(0);
  const loops: BatchLoops = memory.compile({ walkUsualRecords, walkUsualBlocks, decodePlainIpv4, decodePlainIpv6, summariseRows });
  const batch = { length: 0, bytes, view: new DataView(bytes.buffer), firstFrame: 1, loops };
  memory.own(batch, {
    source: [Uint16Array, rows],
    seconds: [Uint32Array, rows],
    nanos: [Uint32Array, rows],
    offset: [Uint32Array, rows],
    capturedLength: [Uint32Array, rows],
    originalLength: [Uint32Array, rows],
    hint: [Uint8Array, rows],
    frameBytes: [Uint32Array, rows],
    flags: [Uint8Array, rows],
    keyStart: [Uint32Array, rows],
    // Room for the longest key in every row: 1 MiB at 1024 rows, of which a usual batch touches 40 KiB.
    keys: [Uint32Array, rows * MAX_KEY_WORDS],
    allRows: [Uint32Array, rows],
    ethernetRows: [Uint32Array, rows],
    otherRows: [Uint32Array, rows],
    notIpv4Rows: [Uint32Array, rows],
    notPlainRows: [Uint32Array, rows],
    pickedRows: [Uint32Array, rows],
    marks: [Int32Array, NUMBERS],
    sums: [Float64Array, NUMBERS],
    summary: [Uint32Array, NUMBERS],
  });
  const whole = batch as unknown as PacketBatch;
  for (let row = 0; row < rows; row++) whole.allRows[row] = row;
  return whole;
}
