/** Ports and LACPDUs of the LAG on view, and the LACPDU that is chosen. */
import { computed, effect, signal } from '@preact/signals';
import type { LagLacp, PduDetail, PduTimeline } from '../../pipeline/pdu-timeline.ts';
import { analysisService, generation, lag } from './analysis-store.ts';
import { fragment } from './fragment.ts';

export interface LacpData extends LagLacp {
  readonly timeline: PduTimeline;
}

/** Null until the worker answered. */
export const lacp = signal<LacpData | null>(null);

/** Asks for ports and LACPDUs whenever there is another analysis or LAG. */
export function connectLacp(): () => void {
  let request = 0;
  const stopData = effect(() => {
    const lagId = lag.value?.id;
    void generation.value;
    const mine = ++request;
    lacp.value = null;
    if (!lagId) return;
    const service = analysisService();
    void Promise.all([service.lacp(lagId), service.pduTimeline(lagId)]).then(([described, timeline]) => {
      if (mine === request && described && timeline) lacp.value = { ...described, timeline };
    });
  });
  let asked = 0;
  const stopDetail = effect(() => {
    const index = chosenPduIndex.value;
    const lagId = lag.value?.id;
    const mine = ++asked;
    if (index < 0 || !lagId) {
      pduDetail.value = null;
      return;
    }
    void analysisService()
      .pdu(lagId, index)
      .then((detail) => {
        if (mine === asked) pduDetail.value = detail;
      });
  });
  return () => {
    stopData();
    stopDetail();
  };
}

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

/** Place of the chosen LACPDU in the timeline, or -1. */
export const chosenPduIndex = computed(() => {
  const data = lacp.value;
  const name = fragment.pdu.value;
  const colon = name.lastIndexOf(':');
  return data && colon > 0 ? findPdu(data.timeline, name.slice(0, colon), Number(name.slice(colon + 1))) : -1;
});

/** The chosen LACPDU with its bytes; null until the worker answered. */
export const pduDetail = signal<PduDetail | null>(null);

export function choosePdu(index: number): void {
  const data = lacp.peek();
  if (data && index >= 0 && index < data.timeline.length) fragment.pdu.value = pduName(data.timeline, index);
}

/** The next (1) or previous (-1) LACPDU after `index`, of the same port or of any; -1 where there is none. */
export function neighbourPdu(timeline: PduTimeline, index: number, step: 1 | -1, samePort: boolean): number {
  for (let i = index + step; i >= 0 && i < timeline.length; i += step) {
    if (!samePort || (timeline.member[i] === timeline.member[index] && timeline.side[i] === timeline.side[index])) return i;
  }
  return -1;
}

/** Moves the choice along the port of the chosen LACPDU; without a choice it takes the first one. */
export function stepPdu(step: 1 | -1): void {
  const data = lacp.peek();
  if (!data || data.timeline.length === 0) return;
  const index = chosenPduIndex.peek();
  choosePdu(index < 0 ? 0 : neighbourPdu(data.timeline, index, step, true));
}
