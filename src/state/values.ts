/** Readers of single values. Each returns undefined for what it does not know: absent is better than wrong. */

export function readInteger(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}

/** Number with decimal, `0x` hexadecimal form. */
export function readNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^0x[0-9a-f]{1,12}$/i.test(text)) return Number.parseInt(text.slice(2), 16);
  return readInteger(text);
}

/** aa:bb:cc:dd:ee:ff, aa-bb-…, aabb.ccdd.eeff, all to lower case with colons. */
export function readMac(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const value = text.replace(/^"|"$/g, '').toLowerCase();
  if (/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(value)) return value;
  if (/^[0-9a-f]{2}(?:-[0-9a-f]{2}){5}$/.test(value)) return value.replaceAll('-', ':');
  if (/^[0-9a-f]{4}[.-][0-9a-f]{4}[.-][0-9a-f]{4}$/.test(value)) {
    const digits = value.replace(/[.-]/g, '');
    return digits.match(/../g)!.join(':');
  }
  return undefined;
}

export function isZeroMac(mac: string | undefined): boolean {
  return mac === '00:00:00:00:00:00';
}

/** on/off, yes/no, true/false, 1/0, enabled/disabled. */
export function readBoolean(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  const value = text.replace(/^"|"$/g, '').toLowerCase();
  if (value === 'on' || value === 'yes' || value === 'true' || value === '1' || value === 'enabled' || value === 'enable') return true;
  if (value === 'off' || value === 'no' || value === 'false' || value === '0' || value === 'disabled' || value === 'disable') return false;
  return undefined;
}

export function readDuplex(text: string | undefined): 'full' | 'half' | undefined {
  const value = text?.toLowerCase();
  return value === 'full' || value === 'half' ? value : undefined;
}

/** "1000", "1000Mb/s", "1000 Mbps", "10Gb/s", "25G" as Mbit/s. */
export function readSpeedMbps(text: string | undefined): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s?([kMGT]?)(?:b(?:\/s|ps|it\/s)?)?$/i.exec(text ?? '');
  if (!match) return undefined;
  const unit = match[2].toUpperCase();
  const factor = unit === 'G' ? 1000 : unit === 'T' ? 1_000_000 : unit === 'K' ? 0.001 : 1;
  return Number(match[1]) * factor;
}

/** LACP state octet, IEEE 802.1AX-2020, 6.4.2.3: names of the eight bits in bit order, in the words of several systems. */
const STATE_WORDS: readonly (readonly string[])[] = [
  ['activity', 'active', 'lacp_activity'],
  ['timeout', 'short_timeout', 'lacp_timeout', 'short'],
  ['aggregation', 'aggregating', 'aggregatable'],
  ['synchronized', 'synchronization', 'in_sync', 'sync', 'insync'],
  ['collecting'],
  ['distributing'],
  ['defaulted', 'default'],
  ['expired'],
];

/** The octet of a list of state words; undefined if one of them is unknown. */
export function readStateWords(words: readonly string[]): number | undefined {
  let octet = 0;
  for (const word of words) {
    const bit = STATE_WORDS.findIndex((names) => names.includes(word.toLowerCase()));
    if (bit < 0) return undefined;
    octet |= 1 << bit;
  }
  return octet;
}
