import type { Issue } from '../base/issue.ts';
import type { CaptureSource } from './capture-reader.ts';
import { isSupportedLinkType, linkTypeName, LINKTYPE_LINUX_SLL2 } from './link-types.ts';

/** Sources of one capture at most; a file with more is not one that a person made. */
export const MAX_SOURCES = 4096;

/** What the file says of one interface. */
export interface InterfaceFacts {
  readonly name: string | null;
  readonly linkType: number;
  readonly snapLength: number;
}

interface Sll2Interface {
  readonly facts: InterfaceFacts;
  readonly ids: Map<number, number>;
  lastIfIndex: number;
  lastSource: number;
}

/**
 * The sources of a capture in order of appearance. An interface is one source, but one of link type LINUX_SLL2
 * is as many as there are interface indices in its frames; the first of them takes the place of the interface.
 */
export class SourceList {
  readonly sources: CaptureSource[] = [];
  /** Set once more interfaces appeared than are told apart. */
  overflow = false;
  private readonly sll2 = new Map<number, Sll2Interface>();

  /** Adds an interface and returns its source. */
  add(facts: InterfaceFacts): number {
    const source = this.append(facts, null);
    if (facts.linkType === LINKTYPE_LINUX_SLL2) this.sll2.set(source, { facts, ids: new Map(), lastIfIndex: -1, lastSource: source });
    return source;
  }

  /** Source of a LINUX_SLL2 frame: `source` as returned by `add`, and the interface index of the frame's header. */
  resolveIfIndex(source: number, ifIndex: number): number {
    const entry = this.sll2.get(source);
    if (entry === undefined) return source;
    if (entry.lastIfIndex === ifIndex) return entry.lastSource;
    let found = entry.ids.get(ifIndex);
    if (found === undefined) {
      if (entry.ids.size === 0) {
        this.sources[source] = describe(entry.facts, ifIndex);
        found = source;
      } else {
        found = this.append(entry.facts, ifIndex);
      }
      if (entry.ids.size < MAX_SOURCES) entry.ids.set(ifIndex, found);
    }
    entry.lastIfIndex = ifIndex;
    entry.lastSource = found;
    return found;
  }

  /** Issues about link types that cannot be read, one for each; `partial` where other sources can. */
  linkTypeIssues(): Issue[] {
    const partial = this.sources.some((source) => source.supported);
    const unreadable = new Set(this.sources.filter((source) => !source.supported).map((source) => source.linkTypeName));
    return [...unreadable].map((name) => ({
      code: 'unsupported-link-type',
      offset: null,
      reason: `link type ${name} cannot be read: its packets are counted, not analysed (EN10MB, LINUX_SLL and LINUX_SLL2 can be read)`,
      partial,
    }));
  }

  private append(facts: InterfaceFacts, ifIndex: number | null): number {
    if (this.sources.length >= MAX_SOURCES) {
      this.overflow = true;
      return MAX_SOURCES - 1;
    }
    return this.sources.push(describe(facts, ifIndex)) - 1;
  }
}

function describe(facts: InterfaceFacts, ifIndex: number | null): CaptureSource {
  const { name, linkType, snapLength } = facts;
  return { name, ifIndex, linkType, linkTypeName: linkTypeName(linkType), supported: isSupportedLinkType(linkType), snapLength };
}
