import type { HostBond, RecipeOptions } from './recipe.ts';

/** The tcpdump command line of one member, and the numbers in it. */

/**
 * Enough for every field of a hash without tunnels: Ethernet, one tag, IPv6, ICMPv6 and the header it quotes end at byte
 * 110; a LACPDU takes 124 bytes (IEEE 802.1AX-2020, 6.4.2.3). With 96 bytes quoted headers are cut.
 */
const PLAIN_SNAP_LENGTH = 128;
/** Outer and inner headers of VXLAN or Geneve over IPv6, further tags, or several tunnels. */
const TUNNEL_SNAP_LENGTH = 256;

/** Bytes of libpcap's kernel buffer in KiB: a second of a busy link, while the disk is slow. */
const BUFFER_KIB = 32768;
const RING_FILES = 10;

export interface SnapLength {
  readonly bytes: number;
  readonly why: string;
}

/** The shortest snap length that leaves the hash whole. */
export function chooseSnapLength({ tunnels, bond }: Pick<RecipeOptions, 'tunnels' | 'bond'>): SnapLength {
  const reason = reasonForMore(tunnels, bond);
  if (reason !== null) return { bytes: TUNNEL_SNAP_LENGTH, why: `${TUNNEL_SNAP_LENGTH} bytes of each frame are kept: ${reason}` };
  const doubt = bond === null || bond.bridge !== null ? '; with tunnels (VXLAN, Geneve, GRE) or two tags use --tunnels' : '';
  return {
    bytes: PLAIN_SNAP_LENGTH,
    why: `${PLAIN_SNAP_LENGTH} bytes of each frame are enough for the hash and for whole LACPDUs${doubt}`,
  };
}

function reasonForMore(tunnels: boolean, bond: HostBond | null): string | null {
  if (tunnels) return 'inner headers of tunnels count';
  if (bond === null) return null;
  if (bond.policy?.startsWith('encap') === true) return `${bond.policy} hashes inner headers of tunnels`;
  if (bond.tunnels.length > 0) return `tunnels are up here (${bond.tunnels.join(', ')})`;
  if (bond.stackedVlans.length > 0) return `frames carry two tags (${bond.stackedVlans.join(', ')})`;
  return null;
}

/** Size of each file of the ring in millions of bytes (`tcpdump -C`). */
export function ringFileMegabytes(ringMegabytes: number): number {
  return Math.max(1, Math.ceil(ringMegabytes / RING_FILES));
}

/**
 * tcpdump for one interface. `-Z root`: with `-C` the privileges are dropped before the first file is opened, which then
 * fails in most folders. `-U`: a file that is stopped in the middle ends with a whole frame.
 */
export function tcpdumpCommand(name: string, file: string, snapLength: number, ringMegabytes: number): string {
  const ring = `-C ${ringFileMegabytes(ringMegabytes)} -W ${RING_FILES}`;
  return `tcpdump -n -i ${name} -s ${snapLength} -B ${BUFFER_KIB} -U -Z root --time-stamp-precision=nano ${ring} -w ${file}`;
}

/** A word for a POSIX shell: as it is where that is safe, else in single quotes. */
export function shellWord(text: string): string {
  return /^[\w.:@%+,/-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A file name in the current folder made of an interface name. */
export function fileWord(name: string, ending: string): string {
  const safe = name.replace(/[^\w.:@+-]/g, '_').replace(/^-/, '_');
  return shellWord(`${safe}${ending}`);
}

/** Long enough for three LACPDUs of a slow partner (30 s each), which tell its interval and that it goes on. */
export const DEFAULT_SECONDS = 120;
export const DEFAULT_RING_MEGABYTES = 2000;
