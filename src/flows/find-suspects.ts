import { HEAD_NO_DESTINATION } from '../decoder/flow-key.ts';
import { STAT_FLOW, STAT_WORDS } from './flow-table.ts';
import type { LagFlows } from './lag-flows.ts';
import { visitSlices } from './lag-flows.ts';

/** A copy of a frame follows it within this time: a flooded frame thrown back took 0.5 to 22 ms in captures. */
export const COPY_WINDOW_MS = 100;

/**
 * Flows that may hold copies: seen on two sources at (nearly) the same time. A flow that merely moved from one member
 * to another, or a healthy LAG without such flows, costs no second look at the captures. Null if there are none.
 */
export function findSuspects(flows: LagFlows): Uint8Array | null {
  const { merged } = flows;
  const several = new Uint8Array(merged.count);
  let any = false;
  for (let f = 0; f < merged.count; f++) {
    if (merged.entryFrom[f + 1] - merged.entryFrom[f] < 2) continue;
    const first = merged.tables[merged.entryTable[merged.entryFrom[f]]].source;
    for (let e = merged.entryFrom[f] + 1; e < merged.entryFrom[f + 1]; e++) {
      if (merged.tables[merged.entryTable[e]].source === first) continue;
      several[f] = 1;
      any = true;
    }
  }
  const suspects = new Uint8Array(merged.count);
  let found = markTwoLinkTypes(flows, suspects);
  if (!any) return found ? suspects : null;
  // Newest slice of each flow per visit order; tables are visited one after another, so all slices are compared by sorting.
  const flowOf: number[] = [];
  const msOf: number[] = [];
  const tableOf: number[] = [];
  for (let t = 0; t < merged.tables.length; t++) {
    const source = merged.tables[t].source;
    visitTable(flows, t, (flow, ms) => {
      if (several[flow] === 0) return;
      flowOf.push(flow);
      msOf.push(ms);
      tableOf.push(source);
    });
  }
  const order = Uint32Array.from(flowOf.keys()).sort((x, y) => flowOf[x] - flowOf[y] || msOf[x] - msOf[y]);
  const reach = COPY_WINDOW_MS + flows.widthMs;
  for (let i = 1; i < order.length; i++) {
    const a = order[i - 1];
    const b = order[i];
    if (flowOf[a] !== flowOf[b] || tableOf[a] === tableOf[b] || msOf[b] - msOf[a] > reach) continue;
    suspects[flowOf[a]] = 1;
    found = true;
  }
  return found ? suspects : null;
}

/**
 * A member captured with and without destination addresses (on its interface, and as a part of "any") has each frame
 * under two keys: all flows of such a member are suspects. True if there are any.
 */
function markTwoLinkTypes(flows: LagFlows, suspects: Uint8Array): boolean {
  const { tables } = flows.merged;
  const types = new Uint8Array(flows.memberCount);
  const cooked = tables.map(
    ({ columns }) => columns.flows > 0 && (columns.rows[columns.starts[0] + STAT_WORDS] & HEAD_NO_DESTINATION) !== 0,
  );
  tables.forEach(({ columns }, t) => {
    if (columns.flows > 0) types[flows.memberOfTable[t]] |= cooked[t] ? 1 : 2;
  });
  let found = false;
  tables.forEach(({ columns }, t) => {
    if (types[flows.memberOfTable[t]] !== 3) return;
    for (let n = 0; n < columns.flows; n++) suspects[columns.rows[columns.starts[n] + STAT_FLOW]] = 1;
    found = true;
  });
  return found;
}

function visitTable(flows: LagFlows, table: number, visit: (flow: number, ms: number) => void): void {
  const one: LagFlows = {
    ...flows,
    merged: { ...flows.merged, tables: [flows.merged.tables[table]] },
    memberOfTable: flows.memberOfTable.subarray(table, table + 1),
  };
  visitSlices(one, flows.merged.tables[table].kind, (flow, _member, ms) => visit(flow, ms));
}
