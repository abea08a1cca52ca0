/** The answer on one screen: the sentence, the LAG drawn, each direction's load, and what was left out. */
import type { Finding, Lag } from '../../report/document.ts';
import { summarizeLacp } from '../../report/format-lacp-blocks.ts';
import { countNoun, formatBytes, formatShare } from '../../report/quantity.ts';
import { summarySentences } from '../../report/summary.ts';
import { LagDrawing } from '../charts/lag-drawing.tsx';
import { AnalysisExport } from '../components/analysis-export.tsx';
import { ChartFrame } from '../components/chart-frame.tsx';
import { DirectionPanel } from '../components/direction-panel.tsx';
import { DisagreementPanel } from '../components/disagreement-panel.tsx';
import { EpochList } from '../components/epoch-list.tsx';
import { InputTable } from '../components/files-panel.tsx';
import { FindingsPanel } from '../components/findings-panel.tsx';
import { LeftOutPanel } from '../components/left-out-panel.tsx';
import { MemberButton, toggleMember } from '../components/member-label.tsx';
import { PolicyPanel } from '../components/policy-panel.tsx';
import { lag as currentLag, resultDocument } from '../store/analysis-store.ts';
import { chosen } from '../store/chosen-flow.ts';
import { fragment } from '../store/fragment.ts';
import { lacp } from '../store/lacp-store.ts';
import { findingsLanguage } from '../store/options.ts';
import { shownLag } from '../store/shown-span.ts';
import { filesShown } from '../store/shown-panels.ts';
import type { PageView } from './page-view.ts';

export const overviewView: PageView = { id: 'overview', title: 'Overview', key: '1', render: () => <Overview /> };

function Overview() {
  const lag = currentLag.value;
  const document = resultDocument.value;
  if (!lag || !document) return null;
  const shown = shownLag.value ?? lag;
  const flow = chosen.value.kind === 'ready' ? chosen.value.flow : null;
  return (
    <div class="stack">
      <div class="sentence" data-testid="sentence">
        {[lacpSentence(lag), ...summarySentences(lag, document, nameFinding)].filter(Boolean).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <div class="overview">
        <div class="overview-side">
          <FindingsPanel findings={document.findings.filter((finding) => finding.lag === null || finding.lag === lag.id)} />
          <DisagreementPanel lag={lag} />
          <PolicyPanel lag={lag} />
          <EpochList lag={lag} />
          <LeftOutPanel lag={lag} document={document} />
        </div>
        <div class="overview-main">
          <ChartFrame title="The LAG" aside={<DrawingAside lag={shown} />} table={() => membersTable(shown)} testId="panel-lag">
            <LagDrawing lag={shown} chosenMember={fragment.member.value} chosenFlow={flow} onMember={toggleMember} />
            <ul class="legend">
              {lag.members.map((member) => (
                <li key={member.name}>
                  <MemberButton name={member.name} />
                </li>
              ))}
              {fragment.member.value && (
                <li>
                  <button type="button" class="button quiet small" onClick={() => (fragment.member.value = '')}>
                    Mark none
                  </button>
                </li>
              )}
            </ul>
          </ChartFrame>
          {shown.directions.map((direction) => (
            <DirectionPanel key={direction.from} lag={lag} direction={direction} isPart={shown !== lag} />
          ))}
        </div>
      </div>
      <section class="panel" data-testid="panel-inputs">
        <div class="panel-head">
          <h2>Inputs</h2>
          <span class="end">
            <button type="button" class="button quiet small" onClick={showFiles} data-testid="add-more">
              Add captures or paste a state text
            </button>
            <AnalysisExport />
          </span>
        </div>
        <InputTable />
      </section>
    </div>
  );
}

/** Whether LACP is up; empty until the worker answered, and where nobody speaks it. */
function lacpSentence(lag: Lag): string {
  const ports = lacp.value?.ports ?? [];
  return ports.length === 0 ? '' : summarizeLacp({ ...lag, ports: [...ports] }).slice(lag.id.length + 2);
}

/** The sentence is English: a finding told in another language is named there by its id. */
function nameFinding({ id, title }: Finding): string {
  return findingsLanguage.value === 'en' ? title : id;
}

function showFiles(): void {
  filesShown.value = true;
  scrollTo({ top: 0 });
}

function DrawingAside({ lag }: { lag: Lag }) {
  const bytes = lag.directions.reduce((sum, direction) => sum + direction.totals.bytes, 0);
  const packets = lag.directions.reduce((sum, direction) => sum + direction.totals.packets, 0);
  return (
    <span class="muted">
      {countNoun(lag.members.length, 'member')} · {countNoun(packets, 'data frame')} · {formatBytes(bytes)} · thickness: bytes each way
    </span>
  );
}

function membersTable(lag: Lag) {
  const directions = lag.directions;
  return {
    head: ['Member', 'Sources', ...directions.flatMap(({ from, to }) => [`${from}→${to} bytes`, `${from}→${to} share`])],
    rows: lag.members.map((member) => [
      member.name,
      member.sources.join(', ') || 'none',
      ...directions.flatMap((direction) => {
        const load = direction.members.find(({ name }) => name === member.name)?.observed;
        return load ? [formatBytes(load.bytes), formatShare(load.share)] : ['–', '–'];
      }),
    ]),
  };
}
