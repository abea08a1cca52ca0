/** Findings, worst first as the document has them, each with its first evidence. */
import type { Finding } from '../../report/document.ts';
import { MemberButton } from './member-label.tsx';

const SEVERITY_MARKS = { error: '✗', warn: '!', info: 'i' } as const;

export function FindingsPanel({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <section class="panel" data-testid="panel-findings">
      <div class="panel-head">
        <h2>Findings</h2>
      </div>
      <ul class="findings">
        {findings.map((finding, i) => (
          <li key={i} class={`finding ${finding.severity}`}>
            <p>
              <strong>
                {SEVERITY_MARKS[finding.severity]} {finding.severity}: {finding.title}
              </strong>{' '}
              <code class="muted">{finding.id}</code>
            </p>
            <p>{finding.detail}</p>
            {finding.members.length > 0 && (
              <p class="chips">
                {finding.members.map((name) => (
                  <MemberButton key={name} name={name} />
                ))}
              </p>
            )}
            {finding.evidence.length > 0 && (
              <p class="muted">
                {finding.evidence
                  .slice(0, 3)
                  .map((evidence) => `${evidence.path} frame ${evidence.packet}${evidence.note ? ` (${evidence.note})` : ''}`)
                  .join('; ')}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
