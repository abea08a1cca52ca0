import type { Direction, Lag } from './document.ts';
import type { Block, BlockCell } from './format-blocks.ts';
import { closingBlocks } from './format-flows-blocks.ts';
import { forecastText } from './forecast-text.ts';
import type { PlanAdvice, PlanCover, PlanMember, PlanScenario } from './plan-document.ts';
import { busiestMember, type PlanReport } from './plan-rows.ts';
import { countNoun, formatBitRate, formatBytes, formatCount, formatShare } from './quantity.ts';

/** The flows that reach every member; their commands stand below, ready to be copied. */
function coverBlocks(cover: PlanCover | null): Block[] {
  if (cover === null)
    return [{ kind: 'text', tone: 'warn', text: 'Cover: no rule or no TCP or UDP flow to go by; say --policy and --cover-packet.' }];
  const { policy, memberCount, flows, note, complete } = cover;
  const blocks: Block[] = [
    {
      kind: 'heading',
      level: 3,
      text: complete
        ? `Cover: ${countNoun(flows.length, 'flow')} reach all ${memberCount} members under ${policy}`
        : `Cover: not every member is reached under ${policy}`,
    },
  ];
  if (note !== null) blocks.push({ kind: 'text', tone: 'warn', text: note });
  if (flows.length > 0)
    blocks.push({
      kind: 'table',
      columns: [
        { title: 'member', align: 'left' },
        { title: 'packet (lacpviz predict)', align: 'left', minWidth: 30 },
      ],
      rows: flows.map(({ member, index, packet }) => [{ text: member ?? String(index) }, { text: packet }]),
    });
  return blocks;
}

/** Advice of a plan's document; none in other documents. */
export function adviceOf(lag: Lag): readonly PlanAdvice[] {
  return (lag.advice as readonly PlanAdvice[] | undefined) ?? [];
}

/** The plan for people. */
export function planBlocks({ document, rows }: PlanReport): Block[] {
  const blocks: Block[] = [];
  for (const { path, format, lacks } of document.inputs) {
    if (lacks === undefined) continue;
    const text = `${path} (${format}) does not tell: ${lacks.map((gap) => GAP_TEXTS[gap] ?? gap).join('; ')}. What depends on it is open.`;
    blocks.push({ kind: 'item', mark: 'records', tone: 'dim', text });
  }
  for (const lag of document.lags) {
    blocks.push({ kind: 'heading', level: 1, text: summarizePlan(lag) });
    for (const direction of lag.directions.filter(rows.lists)) {
      blocks.push(...directionBlocks(lag, direction, rows));
      blocks.push(...outlookBlocks(direction));
      if (direction.cover !== undefined) blocks.push(...coverBlocks(direction.cover));
    }
    blocks.push(...adviceBlocks(adviceOf(lag)));
  }
  if ('cover' in document) blocks.push(...coverBlocks(document.cover as PlanCover));
  else if (document.lags.length === 0) blocks.push({ kind: 'heading', level: 1, text: 'No LAG: no frame of a readable capture.' });
  blocks.push(...closingBlocks(document));
  return blocks;
}

/** Tunnels with less of the bytes balance nothing. */
const SHOWN_TUNNEL = 0.01;

/** What more traffic would do, and what hides flows from the hash. */
function outlookBlocks({ forecast, entropy }: Direction): Block[] {
  const blocks = (forecast ?? []).map((of): Block => ({ kind: 'item', mark: 'forecast', tone: 'bold', text: forecastText(of) }));
  for (const tunnel of entropy?.tunnels ?? []) {
    if (tunnel.hides && tunnel.change !== null && tunnel.share >= SHOWN_TUNNEL)
      blocks.push({
        kind: 'item',
        mark: 'tunnel',
        tone: 'warn',
        text: `${tunnel.kind}, ${formatShare(tunnel.share, 0)} of the bytes: ${tunnel.change.text}`,
      });
  }
  return blocks;
}

/** What flow records leave out, for people. */
const GAP_TEXTS: Readonly<Record<string, string>> = {
  macs: 'MAC addresses',
  vlan: 'VLAN tags',
  'icmp-id': 'ICMP identifiers',
  'flow-label': 'IPv6 flow labels',
  fragments: 'fragments',
  tunnels: 'what tunnels carry',
  'non-ip': 'frames that are not IP',
  times: 'times (shares only)',
  packets: 'packets',
  'frame-bytes': 'bytes of frames (14 per packet are added to the IP bytes)',
};

/** One sentence: the best advice, or how the traffic lies now. */
function summarizePlan(lag: Lag): string {
  const [first] = adviceOf(lag);
  return first === undefined ? `${lag.id}: what the captured traffic would do.` : `${lag.id}: ${first.why}`;
}

function directionBlocks(lag: Lag, direction: Direction, { rowsOf, top }: PlanReport['rows']): Block[] {
  const scenarios = rowsOf(direction);
  const { from, to, policy, totals } = direction;
  const blocks: Block[] = [
    {
      kind: 'heading',
      level: 2,
      text: `${from} → ${to}: ${countNoun(totals.flows, 'flow')}, ${formatBytes(totals.bytes)}, sent by ${policy.id ?? 'an unknown rule'}${policy.variant === null ? '' : ` (${policy.variant})`}`,
    },
  ];
  const none = (direction.scenarios ?? []).length === 0;
  if (none) return [...blocks, { kind: 'text', tone: 'dim', text: 'No data frame: nothing to plan with.' }];
  const window = scenarios.find(({ peakWindow }) => peakWindow !== null)?.peakWindow ?? null;
  const hasLoad = scenarios.some(({ members }) => members.some(({ peakLoad }) => peakLoad !== null));
  const folded = foldFailures(scenarios);
  const rows = folded.slice(0, top);
  const isDrawn = rows.some(({ scenario }) => scenario.draws > 0);
  const hasOpen = rows.some(({ scenario }) => scenario.uncertain.packets > 0);
  if (rows.length === 0) return [...blocks, leftOut(folded.length)];
  blocks.push({
    kind: 'table',
    columns: [
      { title: 'policy', align: 'left', minWidth: 15, note: '*: as it is now.' },
      { title: 'members', align: 'right' },
      ...(rows.some(({ scenario }) => scenario.failed.length > 0) ? [{ title: 'failed', align: 'left', minWidth: 6 } as const] : []),
      {
        title: 'shares in hash order',
        align: 'left',
        minWidth: 28,
        note: `Shares in per cent of the bytes${isDrawn ? '; ranges: 5 % to 95 % of random placements, where a table or a key decides' : ''}.`,
      },
      { title: 'max/mean', align: 'right', dropOrder: 3 },
      { title: 'chance', align: 'right', dropOrder: 5, note: 'chance: probability that an ideal hash is as uneven.' },
      { title: 'busiest', align: 'left', minWidth: 6, dropOrder: 6 },
      { title: 'mean', align: 'right', dropOrder: 7 },
      { title: window === null ? 'peak' : `peak ${window} s`, align: 'right' },
      ...(hasLoad ? [{ title: 'of link', align: 'right', dropOrder: 1 } as const] : []),
      ...(rows.some(({ worst }) => worst !== null) ? [{ title: 'after a failure', align: 'right', dropOrder: 4 } as const] : []),
      { title: 'flows moved', align: 'right', dropOrder: 2 },
      {
        title: 'open',
        align: 'right',
        dropOrder: 8,
        ...(hasOpen && {
          note: 'open: not decided by the hash from what the captures hold; counted by expected value, where seen in *.',
        }),
      },
    ],
    rows: rows.map((row) =>
      scenarioRow(lag, direction, row, {
        load: hasLoad,
        failed: rows.some(({ scenario }) => scenario.failed.length > 0),
        worst: rows.some(({ worst }) => worst !== null),
      }),
    ),
  });
  if (rows.length < folded.length) blocks.push(leftOut(folded.length - rows.length));
  return blocks;
}

function leftOut(count: number): Block {
  const text = count === 0 ? 'No scenario is selected.' : `${formatCount(count)} more, not listed because of --top.`;
  return { kind: 'text', tone: 'dim', text };
}

interface PlanRow {
  readonly scenario: PlanScenario;
  /** The failure of one member that loads another one most. */
  readonly worst: PlanScenario | null;
}

/** Single failures become one cell of the scenario they belong to; what failed together keeps its row. */
function foldFailures(scenarios: readonly PlanScenario[]): PlanRow[] {
  const keyOf = ({ policy, variant, basis, memberCount }: PlanScenario): string => `${policy} ${variant} ${basis} ${memberCount}`;
  const isWhole = ({ failed }: PlanScenario): boolean => failed.length === 0;
  return scenarios.flatMap((scenario): PlanRow[] => {
    const siblings = scenarios.filter((other) => keyOf(other) === keyOf(scenario));
    const single = siblings.filter(({ failed }) => failed.length === 1);
    const folds = single.length === scenario.memberCount && siblings.some(isWhole);
    if (!isWhole(scenario)) return folds && scenario.failed.length === 1 ? [] : [{ scenario, worst: null }];
    const isFirst = siblings.find(isWhole) === scenario;
    const worst = folds && isFirst ? single.reduce((a, b) => (peakOf(b) > peakOf(a) ? b : a)) : null;
    return [{ scenario, worst }];
  });
}

function peakOf(scenario: PlanScenario): number {
  const busiest = busiestMember(scenario);
  return busiest?.peakLoad ?? busiest?.peakBps ?? busiest?.share ?? 0;
}

function scenarioRow(
  lag: Lag,
  direction: Direction,
  { scenario, worst }: PlanRow,
  columns: { readonly load: boolean; readonly failed: boolean; readonly worst: boolean },
): BlockCell[] {
  const busiest = busiestMember(scenario);
  const index = lag.members.find(({ name }) => name === busiest?.name)?.index;
  const { balance, uncertain, current, failed, busiest: drawn } = scenario;
  const total = direction.totals.bytes;
  return [
    { text: `${current ? '* ' : '  '}${scenario.policy ?? 'as it was'}`, tone: current ? 'bold' : 'plain' },
    { text: formatCount(scenario.memberCount) },
    ...(columns.failed ? [{ text: failed.join(' '), tone: 'warn' } as const] : []),
    { text: scenario.members.map((member) => (failed.includes(member.name) ? '–' : shareText(member))).join(' ') },
    { text: balance.maxOverMean === null ? '' : balance.maxOverMean.toFixed(2) },
    { text: chanceText(balance.pValue) },
    { text: drawn === undefined ? (busiest?.name ?? '') : 'by chance', ...(drawn === undefined && { member: index }) },
    { text: rateText(busiest?.meanBps) },
    { text: rateText(drawn?.peakBps.middle ?? busiest?.peakBps) },
    ...(columns.load ? [loadCell(loadOf(busiest, drawn?.peakBps.middle))] : []),
    ...(columns.worst ? [worstCell(worst)] : []),
    { text: current ? '' : movedText(scenario) },
    { text: uncertain.packets === 0 || total === 0 ? '' : formatShare(uncertain.bytes / total, 0), tone: 'dim' },
  ];
}

/** Peak of the busiest member once the member has failed whose loss hurts most, in per cent of its link where its speed is known. */
function worstCell(worst: PlanScenario | null): BlockCell {
  const busiest = worst === null ? undefined : busiestMember(worst);
  if (busiest === undefined) return { text: '' };
  return busiest.peakLoad === null ? { text: rateText(busiest.peakBps) } : loadCell(busiest.peakLoad);
}

/** Load of the busiest link, at a peak that chance may make. */
function loadOf(member: PlanMember | undefined, peakBps: number | undefined): number | null {
  if (member === undefined) return null;
  return peakBps === undefined || member.speedMbps === null ? member.peakLoad : peakBps / (member.speedMbps * 1e6);
}

function loadCell(load: number | null | undefined): BlockCell {
  if (load === null || load === undefined) return { text: '' };
  return { text: formatShare(load, 0), tone: load >= 1 ? 'bad' : load >= 0.8 ? 'warn' : 'plain' };
}

/** `43`, or `31–62` where chance decides. */
function shareText({ share, shareRange }: PlanMember): string {
  const percent = (x: number): string => (x * 100).toFixed(x > 0 && x < 0.095 ? 1 : 0);
  if (shareRange === undefined || shareRange.high - shareRange.low < 0.005) return percent(share);
  return `${percent(shareRange.low)}–${percent(shareRange.high)}`;
}

/** `12`, or `12–40` where chance decides of some whether they move. */
function movedText({ moved, mayMove }: PlanScenario): string {
  const least = formatCount(moved.flows);
  return mayMove.flows === 0 ? least : `${least}–${formatCount(moved.flows + mayMove.flows)}`;
}

function rateText(bps: number | null | undefined): string {
  return bps === null || bps === undefined ? '' : formatBitRate(bps);
}

function chanceText(pValue: number | null): string {
  if (pValue === null) return '';
  return pValue < 0.001 ? '<0.001' : pValue.toFixed(3);
}

function adviceBlocks(advice: readonly PlanAdvice[]): Block[] {
  if (advice.length === 0) return [];
  return [
    { kind: 'heading', level: 2, text: 'Advice' },
    ...advice.map((of): Block => ({
      kind: 'item',
      mark: `${of.rank}.`,
      tone: of.rank === 1 ? 'good' : 'plain',
      text: `side ${of.side}: ${of.why} Gain: ${of.gain} Cost: ${of.cost}`,
    })),
  ];
}
