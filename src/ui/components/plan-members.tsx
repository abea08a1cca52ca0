/** Per member: its share of the bytes as it was, and under the scenario. */
import type { PlanMember, PlanScenario } from '../../report/plan-document.ts';
import { formatBitRate, formatBytes, formatDuration, formatShare } from '../../report/quantity.ts';
import { lag } from '../store/analysis-store.ts';
import { memberColor, memberHatched, memberIndex } from './member-label.tsx';

/** Members that are only planned come behind those there are. */
export function plannedMemberIndex(name: string): number {
  const known = memberIndex(name);
  if (known >= 0) return known;
  return (lag.value?.members.length ?? 0) + Number(/\d+$/.exec(name)?.[0] ?? 1) - 1;
}

export function PlannedName({ name }: { name: string }) {
  const index = plannedMemberIndex(name);
  return (
    <span class="member">
      <span class={memberHatched(index) ? 'swatch hatched' : 'swatch'} style={{ '--swatch': memberColor(index) }} aria-hidden="true" />
      {name}
    </span>
  );
}

export function PlanMembers({ current, planned }: { current: PlanScenario; planned: PlanScenario | null }) {
  const shown = planned ?? current;
  const names = [...new Set([...shown.order, ...current.order])];
  const largest = Math.max(0.01, ...current.members.map(({ share }) => share), ...shown.members.map(({ share }) => share));
  return (
    <div class="scroll-x">
      <table class="plain plan-members" data-testid="plan-members">
        <thead>
          <tr>
            <th scope="col">Member</th>
            <th scope="col" class="plan-bar-head">
              Share of the bytes
            </th>
            <th scope="col" class="number">
              Today
            </th>
            {planned && (
              <th scope="col" class="number">
                Then
              </th>
            )}
            <th scope="col" class="number">
              Mean
            </th>
            <th scope="col" class="number">
              {shown.peakWindow === null ? 'Peak' : `Peak over ${formatDuration(shown.peakWindow)}`}
            </th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const before = current.members.find((member) => member.name === name);
            const after = shown.members.find((member) => member.name === name);
            const failed = shown.failed.includes(name);
            return (
              <tr key={name} data-member={name}>
                <td>
                  <PlannedName name={name} />
                  {failed && <span class="text-error"> failed</span>}
                  {!after && <span class="muted"> taken out</span>}
                </td>
                <td>
                  <ShareBars name={name} before={before?.share ?? 0} after={after?.share ?? 0} largest={largest} both={planned !== null} />
                </td>
                <td class="number">{before ? formatShare(before.share) : '–'}</td>
                {planned && (
                  <td class="number" data-testid={`then-${name}`} title={after ? `${formatBytes(after.bytes)}` : undefined}>
                    {after ? shareText(after) : '–'}
                  </td>
                )}
                <td class="number">
                  <Rate bps={after?.meanBps} load={after?.meanLoad} />
                </td>
                <td class="number">
                  <Rate bps={after?.peakBps} load={after?.peakLoad} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function shareText({ share, shareRange }: PlanMember): string {
  if (shareRange === undefined) return formatShare(share);
  return `${formatShare(share)} (${formatShare(shareRange.low, 0)} – ${formatShare(shareRange.high, 0)})`;
}

function Rate({ bps, load }: { bps: number | null | undefined; load: number | null | undefined }) {
  if (bps === null || bps === undefined) return <>–</>;
  return (
    <>
      {formatBitRate(bps)}
      {typeof load === 'number' && <span class="rate-load">{formatShare(load, 0)} of the link</span>}
    </>
  );
}

function ShareBars(props: { name: string; before: number; after: number; largest: number; both: boolean }) {
  const color = memberColor(plannedMemberIndex(props.name));
  const width = (share: number): string => `${(100 * share) / props.largest}%`;
  return (
    <span class="plan-bars" aria-hidden="true">
      {props.both && <span class="plan-bar today" style={{ width: width(props.before), borderColor: color }} />}
      <span class="plan-bar" style={{ width: width(props.after), background: color }} />
    </span>
  );
}
