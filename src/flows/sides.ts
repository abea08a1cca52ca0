import { isGroupMac } from './mac.ts';

/** Side of a MAC address: 0 or 1 are the two ends of the LAG, before they are named a and b; -1 unknown. */
export type Colour = 0 | 1 | -1;

/**
 * Two-colours MAC addresses: frames cross a LAG from one end to the other, so the source and the destination of a
 * unicast frame stand on different sides. Heavier evidence is applied first; what contradicts it is counted, not
 * obeyed. Union-find with parity.
 */
export class MacColouring {
  readonly #index = new Map<number, number>();
  readonly #macs: number[] = [];
  readonly #parent: number[] = [];
  /** Parity to the parent: 0 same side, 1 other side. */
  readonly #parity: number[] = [];
  readonly #size: number[] = [];
  /** Weight of evidence that contradicted heavier evidence. */
  contradicted = 0;

  #node(mac: number): number {
    const known = this.#index.get(mac);
    if (known !== undefined) return known;
    const node = this.#macs.length;
    this.#index.set(mac, node);
    this.#macs.push(mac);
    this.#parent.push(node);
    this.#parity.push(0);
    this.#size.push(1);
    return node;
  }

  #find(node: number): { root: number; parity: number } {
    let root = node;
    let parity = 0;
    while (this.#parent[root] !== root) {
      parity ^= this.#parity[root];
      root = this.#parent[root];
    }
    // Path compression, keeping each node's parity to the root.
    let at = node;
    let left = parity;
    while (this.#parent[at] !== root && at !== root) {
      const next = this.#parent[at];
      const own = this.#parity[at];
      this.#parent[at] = root;
      this.#parity[at] = left;
      left ^= own;
      at = next;
    }
    return { root, parity };
  }

  /** Declares two addresses to be on the same (`parity` 0) or on different sides (1). False if that contradicts. */
  join(a: number, b: number, parity: 0 | 1, weight = 1): boolean {
    const x = this.#find(this.#node(a));
    const y = this.#find(this.#node(b));
    if (x.root === y.root) {
      if ((x.parity ^ y.parity) === parity) return true;
      this.contradicted += weight;
      return false;
    }
    const [child, top] = this.#size[x.root] < this.#size[y.root] ? [x.root, y.root] : [y.root, x.root];
    this.#parent[child] = top;
    this.#parity[child] = x.parity ^ y.parity ^ parity;
    this.#size[top] += this.#size[child];
    return true;
  }

  has(mac: number): boolean {
    return this.#index.has(mac);
  }

  /** Side of `mac` relative to `anchor`: 0 the anchor's, 1 the other one, -1 if nothing joins them. */
  relativeTo(anchor: number, mac: number): Colour {
    const m = this.#index.get(mac);
    const a = this.#index.get(anchor);
    if (m === undefined || a === undefined) return -1;
    const x = this.#find(a);
    const y = this.#find(m);
    return x.root === y.root ? ((x.parity ^ y.parity) as Colour) : -1;
  }

  /** The set that evidence joins `mac` to (a number that names it) and its side within it; null for an unknown address. */
  componentOf(mac: number): { component: number; parity: 0 | 1 } | null {
    const node = this.#index.get(mac);
    if (node === undefined) return null;
    const { root, parity } = this.#find(node);
    return { component: root, parity: parity as 0 | 1 };
  }

  macs(): readonly number[] {
    return this.#macs;
  }
}

/** True for addresses that name no station: group addresses and all zeros. */
export function isNoStation(mac: number): boolean {
  return mac === 0 || isGroupMac(mac);
}
