/**
 * What layer2+3 and layer3+4 take for the IP header from 3.13 on: the outer one or, from 5.5 on for ICMP errors, the
 * quoted one (hash-spec 1.4, linux-bonding 3.1).
 */
import { QUOTED_CUT, QUOTED_OK, type HashInput } from './hash-input.ts';
import { isAbsent, isCut, isIcmp, isIcmpError, seesIp } from './linux-blocks.ts';
import type { LinuxEra } from './linux-eras.ts';

/** Not IP for the sender: the Ethernet term is the hash. */
export const VIEW_ETHERNET = 0;
export const VIEW_OUTER = 1;
export const VIEW_QUOTED = 2;
/** The snap length cut what decides. */
export const VIEW_CUT = 3;

/** Hot path. */
export function ipView(input: HashInput, row: number, era: LinuxEra): number {
  const ip = seesIp(input, row);
  if (ip <= 0) return ip < 0 ? VIEW_CUT : VIEW_ETHERNET;
  if (!era.icmp || !isIcmp(input.protocol[row]) || input.fragment[row] !== 0) return VIEW_OUTER;
  const status = input.portsStatus[row];
  if (isCut(status)) return VIEW_CUT;
  if (isAbsent(status) || !isIcmpError(input.protocol[row], input.icmp[row] & 0xff)) return VIEW_OUTER;
  const quoted = input.quoted[row];
  if (quoted === QUOTED_OK) return VIEW_QUOTED;
  // The driver gives up on the whole IP header where the quoted one is too short.
  return quoted === QUOTED_CUT ? VIEW_CUT : VIEW_ETHERNET;
}
