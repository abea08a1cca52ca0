import { macNumber, macText, uint16At } from './system-id.ts';

/** A Marker PDU (IEEE 802.1AX-2020 6.5.3): asks the partner whether all frames sent so far have arrived. */
export interface MarkerPdu {
  readonly kind: 'marker';
  readonly version: number;
  /** True for a Marker Response, false for a Marker. */
  readonly isResponse: boolean;
  readonly requesterPort: number;
  /** Lower case with colons. */
  readonly requesterSystem: string;
  readonly requesterSystemNumber: number;
  readonly transactionId: number;
  readonly tagged: boolean;
  readonly srcMac: string;
  /** Null, or why the fields are not (all) to be trusted. */
  readonly malformed: string | null;
}

const TLV_MARKER = 1;
const TLV_MARKER_RESPONSE = 2;
const TLV_BYTES = 16;

/** Reads the Marker PDU whose subtype byte is at `start`; bytes before `end` only. */
export function decodeMarker(bytes: Uint8Array, start: number, end: number, srcMac: string, tagged: boolean): MarkerPdu {
  const version = start + 1 < end ? bytes[start + 1] : 0;
  const type = start + 2 < end ? bytes[start + 2] : 0;
  const isWhole = start + 2 + TLV_BYTES <= end;
  let malformed: string | null = null;
  if (!isWhole) malformed = 'the frame ends inside the marker TLV';
  else if (type !== TLV_MARKER && type !== TLV_MARKER_RESPONSE)
    malformed = `the first TLV has type ${type}, neither marker nor marker response`;
  else if (bytes[start + 3] !== TLV_BYTES) malformed = `the marker TLV has length ${bytes[start + 3]}, not ${TLV_BYTES}`;
  return {
    kind: 'marker',
    version,
    isResponse: type === TLV_MARKER_RESPONSE,
    requesterPort: isWhole ? uint16At(bytes, start + 4) : 0,
    requesterSystem: isWhole ? macText(bytes, start + 6) : '',
    requesterSystemNumber: isWhole ? macNumber(bytes, start + 6) : 0,
    transactionId: isWhole ? uint16At(bytes, start + 12) * 0x10000 + uint16At(bytes, start + 14) : 0,
    tagged,
    srcMac,
    malformed,
  };
}
