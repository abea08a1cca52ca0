/** Ports and LACPDUs of the LAG on view, and the LACPDU that is chosen. */
import { computed, effect, signal } from '@preact/signals';
import type { LagLacp, PduDetail, PduTimeline } from '../../pipeline/pdu-timeline.ts';
import { analysisService, generation, lag } from './analysis-store.ts';
import { fragment } from './fragment.ts';
import { findPdu, neighbourPdu, pduName } from './pdu-timeline.ts';

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

/** Moves the choice along the port of the chosen LACPDU; without a choice it takes the first one. */
export function stepPdu(step: 1 | -1): void {
  const data = lacp.peek();
  if (!data || data.timeline.length === 0) return;
  const index = chosenPduIndex.peek();
  choosePdu(index < 0 ? 0 : neighbourPdu(data.timeline, index, step, true));
}
