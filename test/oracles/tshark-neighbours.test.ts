import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { recogniseControl } from '../../src/lacp/control-frame.ts';
import { ControlLog } from '../../src/lacp/control-log.ts';
import { analyzePaths, listRuns, memberCaptures } from '../support/lacp-runs.ts';
import { buildPcap } from '../support/capture-builder.ts';
import { cdp, lldp, pagp } from '../support/neighbour-frames.ts';
import { hasTshark, tsharkFields } from '../support/tshark.ts';

const MISSING = hasTshark() ? '' : ' (skipped: tshark is not here)';
const RUN = 'k6.1-lldp-split-n3';
const folder = mkdtempSync(join(tmpdir(), 'neighbours-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PORT = '02:0b:00:00:00:01';

describe.skipIf(!hasTshark())(`names of neighbours as tshark reads them${MISSING}`, () => {
  it('in generated LLDP, CDP and PAgP frames', () => {
    const frames = [
      lldp({
        srcMac: PORT,
        chassis: '04:0b:00:00:00:01',
        port: 'Ethernet7',
        portDescription: 'to the host',
        systemName: 'tor-1',
        aggregate: 6,
      }),
      cdp({ srcMac: PORT, device: 'core.lab', port: 'Gi1/0/2', platform: 'cisco WS', address: [192, 0, 2, 7] }),
      pagp({ srcMac: PORT, device: '02:0b:00:00:00:00', name: 'sw1', port: 'Fa0/3', group: 12 }),
    ];
    const path = join(folder, 'neighbours.pcap');
    writeFileSync(path, buildPcap(frames.map((data, i) => ({ seconds: i, fraction: 0, data }))));
    const rows = tsharkFields(path, [
      'lldp.chassis.id.mac',
      'lldp.port.id',
      'lldp.port.desc',
      'lldp.tlv.system.name',
      'lldp.ieee.802_3.aggregated_port_id',
      'lldp.time_to_live',
      'cdp.deviceid',
      'cdp.portid',
      'cdp.platform',
      'pagp.localdevid',
      'pagp.tlvdevname',
      'pagp.tlvportname',
      'pagp.localgroupifindex',
    ]);
    const [a, b, c] = frames.map((frame) => {
      const log = new ControlLog();
      log.add(recogniseControl(frame, 0, frame.length, 1), frame, frame.length, 1, 0, 0);
      return log.take().neighbours[0].neighbour;
    });
    expect([a.chassis, a.port, a.portDescription, a.systemName, String(a.aggregate?.port), String(a.ttlSeconds)]).toEqual([
      rows[0]['lldp.chassis.id.mac'][0],
      rows[0]['lldp.port.id'][0],
      rows[0]['lldp.port.desc'][0],
      rows[0]['lldp.tlv.system.name'][0],
      rows[0]['lldp.ieee.802_3.aggregated_port_id'][0],
      rows[0]['lldp.time_to_live'][0],
    ]);
    expect([b.chassis, b.port, b.systemDescription]).toEqual([
      rows[1]['cdp.deviceid'][0],
      rows[1]['cdp.portid'][0],
      rows[1]['cdp.platform'][0],
    ]);
    expect([c.chassis, c.systemName, c.port, String(c.aggregate?.port)]).toEqual([
      rows[2]['pagp.localdevid'][0],
      rows[2]['pagp.tlvdevname'][0],
      rows[2]['pagp.tlvportname'][0],
      rows[2]['pagp.localgroupifindex'][0],
    ]);
  });

  it.skipIf(!listRuns('linux').includes(RUN))(`in the LLDP frames of ${RUN}`, async () => {
    const paths = memberCaptures('linux', RUN);
    const { document } = await analyzePaths(paths);
    for (const neighbour of document.lags[0].neighbours ?? []) {
      if (neighbour.side === null) continue;
      const rows = tsharkFields(neighbour.path, [
        'frame.number',
        'eth.src',
        'lldp.tlv.system.name',
        'lldp.port.desc',
        'lldp.ieee.802_3.aggregated_port_id',
      ]);
      const row = rows.find((candidate) => candidate['frame.number'][0] === String(neighbour.packet));
      expect([neighbour.srcMac, neighbour.systemName, neighbour.portDescription, String(neighbour.aggregate?.port)]).toEqual([
        row?.['eth.src'][0],
        row?.['lldp.tlv.system.name'][0],
        row?.['lldp.port.desc'][0],
        row?.['lldp.ieee.802_3.aggregated_port_id'][0],
      ]);
    }
    expect(document.lags[0].cables?.map(({ b }) => [b?.system, b?.port, b?.aggregate])).toEqual([
      ['tor-b12', 'xe-0-0-1', 5],
      ['tor-b12', 'xe-0-0-2', 6],
      ['tor-b12', 'xe-0-0-3', 5],
    ]);
  });
});
