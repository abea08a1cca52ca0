import { parseIpv4, parseIpv6 } from '../base/addresses.ts';

const words = new Uint32Array(4);

export function isIpAddress(text: string): boolean {
  return parseIpv4(text, words) || parseIpv6(text, words);
}
