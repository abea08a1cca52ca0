import { linkEnds } from '../lacp/group-lags.ts';
import type { LinkEnd } from '../lacp/group-lags.ts';
import type { StateFacts } from '../state/state-facts.ts';
import type { CaptureScan, SourceScan } from './scan-capture.ts';

/** One capture that could be read, at least in part. */
export interface ScannedCapture {
  readonly path: string;
  /** Name of the member the user gave (`NAME=FILE`), or null. */
  readonly memberName: string | null;
  readonly scan: CaptureScan;
}

/** One source of the analysis: an interface inside a capture. */
export interface AnalysisSource {
  /** `path#n`. */
  readonly name: string;
  readonly capture: ScannedCapture;
  readonly scan: SourceScan;
  readonly ends: readonly LinkEnd[];
  /** Name of the member this source would be, by the rules of the contract (section 2). */
  readonly memberName: string;
  /** True where the name comes from the user, a state text or the capture itself and not from the file's name. */
  readonly named: boolean;
  /** A state text says that this interface is a bond, a bridge or a VLAN device and no member. */
  readonly notMember: boolean;
}

export function listSources(captures: readonly ScannedCapture[], state: readonly StateFacts[]): AnalysisSource[] {
  const fileNames = nameCaptures(captures.map((c) => c.path));
  return captures.flatMap((capture, c) =>
    capture.scan.sources.map((scan, s): AnalysisSource => {
      const ends = linkEnds(scan.pdus);
      const known = nameBySelf(capture, scan, ends, state);
      const several = capture.scan.sources.length > 1;
      const memberName = known ?? (several ? `${fileNames[c]}#${s}` : fileNames[c]);
      return {
        name: `${capture.path}#${s}`,
        capture,
        scan,
        ends,
        memberName,
        named: known !== null,
        notMember: isKnownNonMember(memberName, state),
      };
    }),
  );
}

function nameBySelf(capture: ScannedCapture, scan: SourceScan, ends: readonly LinkEnd[], state: readonly StateFacts[]): string | null {
  if (capture.memberName !== null && capture.scan.sources.length === 1) return capture.memberName;
  const bySystem = nameByPermanentMac(ends, state);
  const { source } = scan;
  if (source.name !== null && source.name !== '') return source.name;
  if (source.ifIndex !== null) {
    for (const facts of state) {
      const found = facts.interfaces.find((i) => i.ifIndex === source.ifIndex);
      if (found !== undefined) return found.name;
    }
    return bySystem ?? `if${source.ifIndex}`;
  }
  return bySystem;
}

/**
 * The member whose permanent MAC is the source of the LACPDUs. State texts are asked in the order given; a name that
 * would fit several members (duplicate addresses) is told apart by the actor port where the text has it.
 */
function nameByPermanentMac(ends: readonly LinkEnd[], state: readonly StateFacts[]): string | null {
  for (const facts of state) {
    for (const lag of facts.lags) {
      for (const end of ends) {
        const fitting = lag.members.filter((m) => m.permanentMac !== undefined && end.srcMacs.includes(m.permanentMac));
        if (fitting.length === 1) return fitting[0].name;
        const newest = end.runs[end.runs.length - 1].pdu.actor;
        const byPort = fitting.filter((m) => m.actor?.port === newest.port);
        if (byPort.length === 1) return byPort[0].name;
      }
    }
  }
  return null;
}

function isKnownNonMember(name: string, state: readonly StateFacts[]): boolean {
  for (const facts of state) {
    if (facts.lags.some((lag) => lag.members.some((m) => m.name === name))) return false;
  }
  for (const facts of state) {
    if (facts.lags.some((lag) => lag.name === name)) return true;
    const found = facts.interfaces.find((i) => i.name === name);
    if (found !== undefined && found.master === undefined && facts.lags.length > 0) return true;
  }
  return false;
}

/** Standard input has no name that others could share a prefix with. */
function nameCaptures(paths: readonly string[]): string[] {
  const names = nameByFile(paths.filter((path) => path !== '-'));
  return paths.map((path) => (path === '-' ? 'stdin' : (names.shift() ?? path)));
}

/**
 * Names from file names: base name without extension(s) of captures, then without the prefix and the suffix common to
 * all, cut at non-alphanumeric boundaries (`host-enp0s4.pcap`, `host-enp0s5.pcap` → `enp0s4`, `enp0s5`).
 */
export function nameByFile(paths: readonly string[]): string[] {
  const bases = paths.map((path) => {
    const base = path.replaceAll('\\', '/').split('/').pop() ?? path;
    const bare = base.replace(/\.(gz|zst|zstd)$/i, '').replace(/\.(pcapng|pcap|cap|ntar|dmp|dump)$/i, '');
    return bare === '' ? base : bare;
  });
  const distinct = new Set(bases);
  if (distinct.size < 2) return bases;
  const names = [...distinct];
  let prefix = commonPrefix(names);
  let suffix = commonPrefix(names.map((n) => [...n].reverse().join(''))).length;
  prefix = cutAtBoundary(prefix);
  const tails = names.map((n) => n.slice(0, n.length - suffix));
  suffix = suffix === 0 ? 0 : suffix - suffixOverhang(names[0].slice(tails[0].length));
  const shortened = bases.map((b) => b.slice(prefix.length, b.length - suffix));
  return shortened.every((n) => n !== '') && new Set(shortened).size === distinct.size ? shortened : bases;
}

function commonPrefix(names: readonly string[]): string {
  let length = 0;
  const first = names[0];
  while (length < first.length && names.every((n) => n.length > length && n[length] === first[length])) length++;
  return first.slice(0, length);
}

const isWordCharacter = (c: string): boolean => /[\p{L}\p{N}]/u.test(c);

/** Shortens a prefix to end behind a non-alphanumeric character. */
function cutAtBoundary(prefix: string): string {
  let end = prefix.length;
  while (end > 0 && isWordCharacter(prefix[end - 1])) end--;
  return prefix.slice(0, end);
}

/** Characters at the start of a common suffix that belong to a word which begins before it. */
function suffixOverhang(suffix: string): number {
  let at = 0;
  while (at < suffix.length && isWordCharacter(suffix[at])) at++;
  return at;
}
