/** Four tables for slicing by four; table k continues a byte by k zero bytes. */
const TABLES = makeTables();

function makeTables(): Uint32Array {
  const tables = new Uint32Array(1024);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < 1024; i++) {
    const before = tables[i - 256]!;
    tables[i] = (before >>> 8) ^ tables[before & 0xff]!;
  }
  return tables;
}

/** CRC-32 of gzip (RFC 1952, 8) over `bytes`, continuing from `crc` (0 at the start). */
export function updateCrc32(crc: number, bytes: Uint8Array): number {
  const tables = TABLES;
  const end = bytes.length;
  let c = ~crc;
  let i = 0;
  for (; i + 4 <= end; i += 4) {
    c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    c = tables[768 + (c & 0xff)]! ^ tables[512 + ((c >>> 8) & 0xff)]! ^ tables[256 + ((c >>> 16) & 0xff)]! ^ tables[c >>> 24]!;
  }
  for (; i < end; i++) c = (c >>> 8) ^ tables[(c ^ bytes[i]!) & 0xff]!;
  return ~c >>> 0;
}
