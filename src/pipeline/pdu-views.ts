import { describePduFields } from '../lacp/pdu-fields.ts';
import type { PduRun } from '../lacp/pdu-log.ts';
import type { CaptureAnalysis } from './analyze-captures.ts';
import { describeLacp } from './analyze-lacp.ts';
import { describePdus, rebuildPorts, sideOfPdu } from './build-ports.ts';
import type { LagPorts, MemberPdu } from './build-ports.ts';
import type { PduTimeline, PduViews } from './pdu-timeline.ts';
import { formatTime } from './time-text.ts';

interface BuiltLag {
  readonly lagPorts: LagPorts;
  readonly pdus: ReturnType<typeof describePdus>;
}

export function createPduViews(analysis: CaptureAnalysis): PduViews {
  const { lags, sources } = analysis;
  const built = new Map<string, BuiltLag>();
  const runs = new Map<MemberPdu['event']['pdu'], PduRun>();
  const build = (l: number): BuiltLag => {
    const { id } = lags[l].plan;
    let known = built.get(id);
    if (known === undefined) {
      const lagPorts = rebuildPorts(lags[l], sources);
      built.set(id, (known = { lagPorts, pdus: describePdus(lags[l], sources, lagPorts) }));
      for (const member of lags[l].plan.members)
        for (const s of member.sources) for (const run of sources[s].scan.pdus) runs.set(run.pdu, run);
    }
    return known;
  };
  const find = (lagId: string): number => lags.findIndex((lag) => lag.plan.id === lagId);
  return {
    lacp(lagId) {
      const l = find(lagId);
      return l < 0 ? null : describeLacp(analysis, l, build(l).lagPorts);
    },
    pduTimeline(lagId) {
      const l = find(lagId);
      return l < 0 ? emptyTimeline('1970-01-01T00:00:00.000000000Z') : timelineOf(analysis, l, build(l));
    },
    pdu(lagId, i) {
      const l = find(lagId);
      if (l < 0) return null;
      const { pdus } = build(l);
      if (!(i >= 0 && i < pdus.length)) return null;
      const { event } = pdus.events[i];
      const run = runs.get(event.pdu);
      const bytes = run?.bytes ?? new Uint8Array(0);
      return {
        pdu: pdus.at(i),
        bytes,
        sameAs: run === undefined || run.frame === event.frame ? null : run.frame,
        fields: describePduFields(bytes, sources[event.source].scan.source.linkType),
      };
    },
  };
}

function emptyTimeline(time: string): PduTimeline {
  return columns(0, time, time, []);
}

function columns(length: number, fromTime: string, toTime: string, paths: readonly string[]): PduTimeline {
  return {
    length,
    fromTime,
    toTime,
    atSeconds: new Float64Array(length),
    member: new Uint16Array(length),
    side: new Uint8Array(length),
    actorState: new Uint8Array(length),
    partnerState: new Uint8Array(length),
    malformed: new Uint8Array(length),
    frame: new Float64Array(length),
    path: new Uint16Array(length),
    paths,
    byFrame: new Uint32Array(length),
  };
}

function timelineOf({ lags, sources }: CaptureAnalysis, l: number, { lagPorts, pdus }: BuiltLag): PduTimeline {
  const lag = lags[l];
  const captures = [...new Set(lag.plan.members.flatMap((member) => member.sources.map((s) => sources[s].capture)))];
  let first = lagPorts.end;
  for (const { scan } of captures) {
    const time = scan.firstTime;
    if (time !== null && (time.seconds < first.seconds || (time.seconds === first.seconds && time.nanos < first.nanos))) first = time;
  }
  const timeline = columns(
    pdus.length,
    formatTime(first.seconds, first.nanos),
    formatTime(lagPorts.end.seconds, lagPorts.end.nanos),
    captures.map((capture) => capture.path),
  );
  const placeOf = new Map(captures.map((capture, place) => [capture, place]));
  pdus.events.forEach(({ event, member }, i) => {
    const { pdu } = event;
    timeline.atSeconds[i] = event.seconds - first.seconds + (event.nanos - first.nanos) / 1e9;
    timeline.member[i] = member;
    timeline.side[i] = pdu.malformed === null ? (sideOfPdu(lag, event) ?? 2) : 2;
    timeline.actorState[i] = pdu.actor.state;
    timeline.partnerState[i] = pdu.partner.state;
    timeline.malformed[i] = pdu.malformed === null ? 0 : 1;
    timeline.frame[i] = event.frame;
    timeline.path[i] = placeOf.get(sources[event.source].capture) ?? 0;
  });
  const { byFrame, path, frame } = timeline;
  for (let i = 0; i < byFrame.length; i++) byFrame[i] = i;
  byFrame.sort((x, y) => path[x] - path[y] || frame[x] - frame[y]);
  return timeline;
}
