/**
 * The planner's benchmark: shares of one million flows under every policy of the registry that has a formula, 1 to 8
 * members, none or any one of them failed; and a moved slider on 100 k flows. Answers are checked against placing every
 * flow by itself. `node scripts/run-ts.mjs bench/plan.ts [FLOWS]`
 */
import { MAX_KEY_WORDS } from '../src/decoder/flow-key.ts';
import { encodeFlowKey } from '../src/flows/encode-flow-key.ts';
import { STAT_BYTES_LOW, STAT_NUMBER, STAT_PACKETS, STAT_WORDS, type FlowTableColumns } from '../src/flows/flow-table.ts';
import { lagFlows } from '../src/flows/lag-flows.ts';
import { mergeTables } from '../src/flows/merge.ts';
import { POLICIES } from '../src/hash/registry.ts';
import { hashTraffic, isDecisive, placeFlowsBy, type PlanRule } from '../src/plan/plan-rule.ts';
import { gatherTraffic, type PlanTraffic } from '../src/plan/plan-traffic.ts';
import { randomSource } from '../src/plan/random.ts';
import { layOut, type PlanLayout } from '../src/plan/plan-layout.ts';
import { replayFlows, type PlanOutcome } from '../src/plan/scenario.ts';
import { binTraffic } from '../src/plan/share-bins.ts';

const GOAL_SECONDS = 2;
const GOAL_SLIDER_MS = 100;
const MEMBERS = 4;
const CHECKED = 60;

/** Flows of hosts to servers: IPv4 and IPv6, TCP and UDP, tagged and not, sizes skewed. */
function makeTraffic(flows: number, seed: number): PlanTraffic {
  const random = randomSource(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const rows = new Uint32Array(flows * (STAT_WORDS + MAX_KEY_WORDS));
  const starts = new Uint32Array(flows);
  const slice = {
    flow: new Uint32Array(flows),
    window: new Uint32Array(flows),
    packets: new Uint32Array(flows),
    bytes: new Uint32Array(flows),
  };
  let at = 0;
  for (let n = 0; n < flows; n++) {
    const host = below(4096);
    const isV6 = n % 8 === 0;
    const bytes = Math.floor(64 / (random() + 1e-5));
    const packets = Math.ceil(bytes / 800);
    starts[n] = at;
    rows[at + STAT_PACKETS] = packets;
    rows[at + STAT_BYTES_LOW] = bytes;
    rows[at + STAT_NUMBER] = n;
    const encoded = encodeFlowKey(
      {
        srcMac: `02:00:00:00:00:${(host % 61).toString(16).padStart(2, '0')}`,
        dstMac: `02:00:00:01:00:${below(53).toString(16).padStart(2, '0')}`,
        src: isV6 ? `2001:db8::${host.toString(16)}` : `10.1.${host >> 8}.${host & 255}`,
        dst: isV6 ? `2001:db8:1::${below(53).toString(16)}` : `10.2.0.${below(53)}`,
        protocol: n % 3 === 0 ? 'udp' : 'tcp',
        srcPort: 1024 + below(64000),
        dstPort: [443, 80, 2049, 5201][below(4)],
        ...(n % 5 === 0 && { tcis: [100 + below(8)] }),
        ...(isV6 && { flowLabel: 1 + below(0xffffe) }),
      },
      rows,
      at + STAT_WORDS,
    );
    if (!encoded.ok) throw new Error(encoded.issue.reason);
    slice.flow[n] = n;
    slice.window[n] = below(60);
    slice.packets[n] = packets;
    slice.bytes[n] = bytes;
    at += STAT_WORDS + encoded.value;
  }
  const columns: FlowTableColumns = {
    flows,
    rows,
    rowWords: at,
    starts,
    slices: { ...slice, count: flows, originSeconds: 0, widthMs: 1000 },
  };
  const merged = mergeTables([{ source: 0, kind: 'frames', columns }]);
  const traffic = gatherTraffic(
    lagFlows(merged, Uint8Array.of(0), MEMBERS),
    Uint32Array.from({ length: flows }, (_, f) => f),
  );
  // Where they are now: anywhere.
  for (let p = 0; p < flows; p++) traffic.home[p] = below(MEMBERS);
  return traffic;
}

function listLayouts(): PlanLayout[] {
  const layouts: PlanLayout[] = [];
  for (let count = 1; count <= 8; count++) {
    const members = Array.from({ length: count }, (_, m) => (m < MEMBERS ? m : -1));
    layouts.push(layOut(members, () => false));
    if (count > 1) for (let failed = 0; failed < count; failed++) layouts.push(layOut(members, (slot) => slot === failed));
  }
  return layouts;
}

function differs(a: PlanOutcome, b: PlanOutcome): boolean {
  const far = (x: number, y: number): boolean => Math.abs(x - y) > 1e-6 * Math.max(1, Math.abs(x), Math.abs(y));
  return (
    a.bytes.some((x, i) => far(x, b.bytes[i])) ||
    a.packets.some((x, i) => far(x, b.packets[i])) ||
    far(a.moved.bytes, b.moved.bytes) ||
    a.moved.flows !== b.moved.flows ||
    far(a.uncertain.bytes, b.uncertain.bytes)
  );
}

function benchShares(flows: number): boolean {
  const traffic = makeTraffic(flows, 1);
  const rules: PlanRule[] = POLICIES.filter(({ selector }) => selector !== 'none').map((policy) => ({
    policy,
    variant: policy.defaultVariant,
    basis: 0,
  }));
  const layouts = listLayouts();
  // Once on a few, so that the loops are compiled: what is measured is the work.
  binTraffic(makeTraffic(20_000, 2), rules);
  const start = process.cpuUsage();
  const bins = binTraffic(traffic, rules);
  const outcomes = bins.map((of) => layouts.map((layout) => of.outcome(layout)));
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  const random = randomSource(3);
  let wrong = 0;
  for (let c = 0; c < CHECKED; c++) {
    const r = Math.floor(random() * rules.length);
    const l = Math.floor(random() * layouts.length);
    const slots = placeFlowsBy(hashTraffic(traffic, rules[r]), layouts[l]);
    const outcome = outcomes[r][l];
    if (outcome === null || differs(outcome, replayFlows(traffic, layouts[l], slots, false))) wrong++;
  }
  const scenarios = rules.length * layouts.length;
  console.log(
    `${flows} flows, ${rules.length} policies, ${scenarios} scenarios: ${seconds.toFixed(2)} s of processor time on one core (goal ${GOAL_SECONDS} s); ${CHECKED - wrong} of ${CHECKED} checked answers right`,
  );
  return seconds < GOAL_SECONDS && wrong === 0;
}

/** What a moved slider asks for: one policy, one number of members, replayed in time. */
function benchSlider(flows: number): boolean {
  const traffic = makeTraffic(flows, 4);
  const rules: PlanRule[] = POLICIES.filter((policy) => policy.family === 'linux' && policy.selector === 'modulo').map((policy) => ({
    policy,
    variant: policy.defaultVariant,
    basis: 0,
  }));
  let worst = 0;
  for (const rule of rules.filter(isDecisive)) {
    for (const count of [2, 3, 4, 8]) {
      const layout = layOut(
        Array.from({ length: count }, (_, m) => (m < MEMBERS ? m : -1)),
        () => false,
      );
      const start = process.cpuUsage();
      replayFlows(traffic, layout, placeFlowsBy(hashTraffic(traffic, rule), layout), true);
      const { user, system } = process.cpuUsage(start);
      worst = Math.max(worst, (user + system) / 1000);
    }
  }
  console.log(`${flows} flows, one scenario in time, nothing kept: ${worst.toFixed(0)} ms at worst (goal ${GOAL_SLIDER_MS} ms)`);
  return worst < GOAL_SLIDER_MS;
}

const flows = Number(process.argv[2] ?? 1_000_000);
const good = [benchShares(flows), benchSlider(100_000)];
if (good.includes(false)) process.exitCode = 1;
