import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeBatch } from '../../src/decoder/decode-batch.ts';
import { createCaptureReader } from '../../src/decoder/open-capture.ts';
import { createPacketBatch } from '../../src/decoder/create-packet-batch.ts';
import { ROW_SLOW_PROTOCOL } from '../../src/decoder/packet-batch.ts';
import { decodeSlowProtocol } from '../../src/lacp/lacpdu.ts';
import type { Lacpdu, LacpPort } from '../../src/lacp/lacpdu.ts';
import { hasTshark, tsharkFields } from '../support/tshark.ts';

const CAPTURES = resolve(import.meta.dirname, '../../../shared/captures');
const FILES = [
  'linux/k6.1-slowrate-n2/host-enp0s4.pcap',
  'linux/k6.1-nolacp-n2/host-enp0s4.pcap',
  'linux/k6.1-snaplen96-layer34-n2/host-enp0s4.pcap',
  'linux/k6.12-keysplit-n4/host-eth2.pcap',
  'linux/k6.1-dirs-sll2-layer23-n2/host-any-sll2.pcap',
  'ovs/mlag4/enp134s0.pcap',
];

const SIDES = ['actor', 'partner'] as const;
const PORT_FIELDS = ['sys_priority', 'sysid', 'key', 'port_priority', 'port', 'state'] as const;
const FIELDS = [
  'frame.number',
  'lacp.version',
  ...SIDES.flatMap((side) => PORT_FIELDS.map((field) => `lacp.${side}.${field}`)),
  'lacp.collector.max_delay',
];

function lacpdus(path: string): Map<number, Lacpdu> {
  const reader = createCaptureReader();
  const batch = createPacketBatch();
  const found = new Map<number, Lacpdu>();
  const drain = (): void => {
    while (reader.next(batch) > 0) {
      decodeBatch(batch, reader.info.sources);
      for (let row = 0; row < batch.length; row++) {
        if ((batch.flags[row] & ROW_SLOW_PROTOCOL) === 0) continue;
        const linkType = reader.info.sources[batch.source[row]].linkType;
        const pdu = decodeSlowProtocol(batch.bytes, batch.offset[row], batch.capturedLength[row], linkType, batch.originalLength[row]);
        if (pdu.kind === 'lacpdu') found.set(batch.firstFrame + row, pdu);
      }
    }
  };
  reader.push(readFileSync(path));
  drain();
  reader.finish();
  drain();
  return found;
}

function portValues(port: LacpPort): (string | number)[] {
  return [port.systemPriority, port.system, port.key, port.portPriority, port.port, port.state];
}

const ready = hasTshark() && existsSync(CAPTURES);

describe.skipIf(!ready)('tshark reads the same LACPDUs (skipped where tshark or ../shared/captures is absent)', () => {
  for (const name of FILES) {
    const path = join(CAPTURES, name);
    it.skipIf(!existsSync(path))(name, () => {
      const rows = tsharkFields(path, FIELDS).filter((row) => row['lacp.version'].length > 0);
      const pdus = lacpdus(path);
      expect(pdus.size).toBe(rows.length);
      expect(pdus.size).toBeGreaterThan(2);
      for (const row of rows) {
        const pdu = pdus.get(Number(row['frame.number'][0]))!;
        const theirs = [
          row['lacp.version'],
          row['lacp.collector.max_delay'],
          ...SIDES.flatMap((side) => PORT_FIELDS.map((field) => row[`lacp.${side}.${field}`])),
        ].map(([text]) => (text.includes(':') ? text : Number(text)));
        expect([pdu.version, pdu.collectorMaxDelay, ...portValues(pdu.actor), ...portValues(pdu.partner)]).toEqual(theirs);
        expect(pdu).toMatchObject({ malformed: null, complete: true, tagged: false });
      }
    });
  }
});
