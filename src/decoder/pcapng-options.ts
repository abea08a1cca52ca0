/** Codes of options (draft-ietf-opsawg-pcapng, 4.2 to 4.6). */
const OPT_END = 0;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const IF_FCSLEN = 13;
const IF_TSOFFSET = 14;
const EPB_FLAGS = 2;
const ISB_IFDROP = 5;
const ISB_OSDROP = 7;

/**
 * Calls `see` for every option in [position, end) of a block: code, offset and length of its value.
 * Returns false where the options do not end as they should; what was seen before counts.
 */
function walkOptions(
  view: DataView,
  position: number,
  end: number,
  little: boolean,
  see: (code: number, at: number, length: number) => void,
): boolean {
  let at = position;
  while (end - at >= 4) {
    const code = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    if (code === OPT_END) return true;
    at += 4;
    if (length > end - at) return false;
    see(code, at, length);
    at += (length + 3) & ~3;
  }
  return true;
}

export interface InterfaceOptions {
  name: string | null;
  /** if_tsresol byte; 6 (microseconds) by default. */
  resolution: number;
  /** if_tsoffset in seconds. */
  offsetSeconds: number;
  /** if_fcslen in bytes; 0 by default. */
  fcsBytes: number;
}

export function readInterfaceOptions(
  view: DataView,
  position: number,
  end: number,
  little: boolean,
): { options: InterfaceOptions; whole: boolean } {
  const options: InterfaceOptions = { name: null, resolution: 6, offsetSeconds: 0, fcsBytes: 0 };
  const whole = walkOptions(view, position, end, little, (code, at, length) => {
    if (code === IF_NAME) options.name = decodeName(view, at, length);
    else if (code === IF_TSRESOL && length >= 1) options.resolution = view.getUint8(at);
    else if (code === IF_FCSLEN && length >= 1) options.fcsBytes = view.getUint8(at);
    else if (code === IF_TSOFFSET && length >= 8) {
      const [high, low] = little
        ? [view.getInt32(at + 4, true), view.getUint32(at, true)]
        : [view.getInt32(at, false), view.getUint32(at + 4, false)];
      options.offsetSeconds = high * 4294967296 + low;
    }
  });
  return { options, whole };
}

/** Packets dropped by the interface and by the operating system, summed; null where the block names neither. */
export function readDropOptions(view: DataView, position: number, end: number, little: boolean): number | null {
  let dropped: number | null = null;
  walkOptions(view, position, end, little, (code, at, length) => {
    if ((code !== ISB_IFDROP && code !== ISB_OSDROP) || length < 8) return;
    const count = view.getUint32(little ? at + 4 : at, little) * 4294967296 + view.getUint32(little ? at : at + 4, little);
    dropped = (dropped ?? 0) + count;
  });
  return dropped;
}

/** Direction of epb_flags or pack_flags, bits 0 and 1: 0 not known, 1 inbound, 2 outbound (HINT_* of flow-key.ts). Called per packet that has options. */
export function readDirectionHint(view: DataView, position: number, end: number, little: boolean): number {
  let at = position;
  while (end - at >= 8) {
    const code = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    if (code === OPT_END) return 0;
    if (code === EPB_FLAGS && length >= 4) {
      const direction = view.getUint32(at + 4, little) & 3;
      return direction === 3 ? 0 : direction;
    }
    at += 4 + ((length + 3) & ~3);
  }
  return 0;
}

function decodeName(view: DataView, at: number, length: number): string | null {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, Math.min(length, 1024));
  const zero = bytes.indexOf(0);
  const name = new TextDecoder().decode(zero < 0 ? bytes : bytes.subarray(0, zero));
  return name === '' ? null : name;
}
