import type { PacketBatch } from '../decoder/packet-batch.ts';
import type { CopyClass } from '../flows/copy-matcher.ts';
import { FlowTable } from '../flows/flow-table.ts';
import type { CopyKind } from '../flows/judge-copies.ts';
import type { SourceTable } from '../flows/merge.ts';

/** Tables by source, class and side, filled one frame at a time. */
export class CopyTables {
  readonly #tables = new Map<string, { source: number; found: CopyClass; side: 0 | 1 | -1; table: FlowTable }>();
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  add(source: number, found: CopyClass, side: 0 | 1 | -1, batch: PacketBatch, row: number): void {
    const name = `${source} ${found} ${found === 'reflection' ? side : ''}`;
    let entry = this.#tables.get(name);
    if (entry === undefined) {
      entry = { source, found, side, table: new FlowTable(this.#seed) };
      this.#tables.set(name, entry);
    }
    batch.pickedRows[0] = row;
    entry.table.addRows(batch, 'pickedRows', 1);
  }

  /** `kinds`: what the copies of each side's frames are. */
  take(kinds: readonly [CopyKind, CopyKind]): SourceTable[] {
    return [...this.#tables.values()].map(({ source, found, side, table }): SourceTable => {
      // A station whose side is not known yet is doubled by the side that doubles everything, if none is flooded.
      const isData = side === -1 ? kinds.includes('data') && !kinds.includes('thrown-back') : kinds[side] === 'data';
      const columns = table.take();
      if (found === 'reflection' && isData) return { source, kind: 'frames', again: true, columns };
      return { source, kind: found === 'original' ? 'frames' : found === 'reflection' ? 'reflections' : 'duplicates', columns };
    });
  }
}
