/** A little-endian microsecond pcap (Ethernet) of the given frames, one every millisecond. */
export function pcapBytes(frames: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(1, 20);
  const parts = [header];
  frames.forEach((frame, i) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1795228526 + Math.floor(i / 1000), 0);
    record.writeUInt32LE((i % 1000) * 1000, 4);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    parts.push(record, Buffer.from(frame));
  });
  return Buffer.concat(parts);
}

/** An Ethernet frame with IPv4 and TCP, 60 bytes; MACs 02:00:00:00:00:0a > :0b. Reversed: the answer to it. */
export function tcpFrame(srcPort: number, dstPort: number, reversed = false): Buffer {
  const frame = Buffer.alloc(60);
  const [src, dst] = reversed ? [0x0b, 0x0a] : [0x0a, 0x0b];
  frame.set([2, 0, 0, 0, 0, dst, 2, 0, 0, 0, 0, src, 8, 0], 0);
  frame.set([0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, src, 10, 0, 0, dst], 14);
  frame.writeUInt16BE(reversed ? dstPort : srcPort, 34);
  frame.writeUInt16BE(reversed ? srcPort : dstPort, 36);
  frame[46] = 0x50;
  return frame;
}
