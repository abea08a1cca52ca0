/** Findings, worst first as the document has them: what is wrong, the frames that show it, the way there, the fix. */
import type { Finding } from '../../report/document.ts';
import { flowFilterOf } from '../../report/finding-flows.ts';
import { clockTime } from '../../report/iso-time.ts';
import { countNoun } from '../../report/quantity.ts';
import { fragment } from '../store/fragment.ts';
import { findingsLanguage } from '../store/options.ts';
import { EvidenceList, showTime } from './evidence-list.tsx';
import { FindingFix } from './finding-fix.tsx';
import { SyntaxChoice } from './syntax-choice.tsx';
import { MemberButton } from './member-label.tsx';

const SEVERITY_MARKS = { error: '✗', warn: '!', info: 'i' } as const;
const SEVERITY_WORDS = { error: 'error', warn: 'warning', info: 'for information' } as const;

export function FindingsPanel({ findings }: { findings: readonly Finding[] }) {
  return (
    <section class="panel" data-testid="panel-findings">
      <div class="panel-head">
        <h2>Findings</h2>
        <span class="muted">{countFindings(findings)}</span>
        <SyntaxChoice label="Fixes for" syntaxes={findings.flatMap((finding) => finding.fix.map(({ syntax }) => syntax))} />
      </div>
      {findings.length === 0 ? (
        <p class="text-good">✓ Nothing wrong was found.</p>
      ) : (
        <ul class="findings">
          {findings.map((finding, i) => (
            <FindingItem key={`${finding.id} ${i}`} finding={finding} />
          ))}
        </ul>
      )}
    </section>
  );
}

function countFindings(findings: readonly Finding[]): string {
  const count = (severity: Finding['severity']): number => findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings, infos] = [count('error'), count('warn'), count('info')];
  return [
    errors > 0 ? countNoun(errors, 'error') : '',
    warnings > 0 ? countNoun(warnings, 'warning') : '',
    infos > 0 ? `${infos} for information` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** What is only for information stands folded: the page is calm where nothing is wrong. */
function FindingItem({ finding }: { finding: Finding }) {
  const { severity } = finding;
  return (
    <li class={`finding ${severity}`} data-testid="finding">
      {severity === 'info' ? (
        <details>
          <summary>
            <FindingTitle finding={finding} />
          </summary>
          <FindingBody finding={finding} />
        </details>
      ) : (
        <>
          <FindingTitle finding={finding} />
          <FindingBody finding={finding} />
        </>
      )}
    </li>
  );
}

function FindingTitle({ finding: { severity, title, id } }: { finding: Finding }) {
  return (
    <span class="finding-title">
      <span class={`severity ${severity}`}>
        {SEVERITY_MARKS[severity]} {SEVERITY_WORDS[severity]}
      </span>{' '}
      <strong lang={findingsLanguage.value} data-testid="finding-title">
        {title}
      </strong>{' '}
      <code class="muted">{id}</code>
    </span>
  );
}

function FindingBody({ finding }: { finding: Finding }) {
  const { id, detail, members, since, evidence } = finding;
  const filter = flowFilterOf(finding);
  return (
    <div class="finding-body">
      <p lang={findingsLanguage.value} data-testid="finding-detail">
        {detail}
      </p>
      <p class="chips">
        {members.map((name) => (
          <MemberButton key={name} name={name} />
        ))}
        {since && (
          <button type="button" class="link-button" title="Show this time" onClick={() => showTime(since)}>
            since {clockTime(since)}
          </button>
        )}
        {filter !== null && (
          <button type="button" class="link-button" data-testid="finding-flows" onClick={() => showFlows(filter)}>
            the flows
          </button>
        )}
        {(id.startsWith('lacp/') || id.startsWith('pagp/')) && (
          <button type="button" class="link-button" onClick={() => (fragment.view.value = 'lacp')}>
            LACP in time
          </button>
        )}
      </p>
      <EvidenceList evidence={evidence} />
      <FindingFix finding={finding} />
    </div>
  );
}

function showFlows(filter: string): void {
  fragment.where.value = filter;
  fragment.view.value = 'flows';
}
