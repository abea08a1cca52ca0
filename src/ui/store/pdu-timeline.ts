/** Finding one's way among the LACPDUs of a timeline. */
import type { PduTimeline } from '../../pipeline/pdu-timeline.ts';

/** In the fragment a LACPDU is "capture:frame". */
export function pduName(timeline: PduTimeline, index: number): string {
  return `${timeline.paths[timeline.path[index]]}:${timeline.frame[index]}`;
}

/** Place of a frame in the timeline; -1 where that frame is no LACPDU of this LAG. */
export function findPdu({ paths, path, frame, byFrame }: PduTimeline, name: string, number: number): number {
  const place = paths.indexOf(name);
  if (place < 0) return -1;
  let low = 0;
  let high = byFrame.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const i = byFrame[middle];
    if (path[i] < place || (path[i] === place && frame[i] < number)) low = middle + 1;
    else high = middle;
  }
  const found = byFrame[low];
  return found !== undefined && path[found] === place && frame[found] === number ? found : -1;
}

/** The next (1) or previous (-1) LACPDU after `index`, of the same port or of any; -1 where there is none. */
export function neighbourPdu(timeline: PduTimeline, index: number, step: 1 | -1, samePort: boolean): number {
  for (let i = index + step; i >= 0 && i < timeline.length; i += step) {
    if (!samePort || (timeline.member[i] === timeline.member[index] && timeline.side[i] === timeline.side[index])) return i;
  }
  return -1;
}
