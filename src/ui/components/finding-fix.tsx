/** What to type to mend it, in the chosen configuration syntax. */
import type { Finding } from '../../report/document.ts';
import { FIX_SYNTAXES } from '../../fix/registry.ts';
import { fragment } from '../store/fragment.ts';
import { CopyButton } from './copy-button.tsx';

function titleOf(syntaxId: string): string {
  return FIX_SYNTAXES.find((syntax) => syntax.id === syntaxId)?.title ?? syntaxId;
}

export function FindingFix({ finding }: { finding: Finding }) {
  const { fix } = finding;
  if (fix.length === 0) return null;
  const asked = fragment.fix.value;
  const available = [...new Set(fix.map(({ syntax }) => syntax))];
  const shown = available.includes(asked) ? asked : available[0];
  return (
    <details class="fix" open={finding.severity === 'error'} data-testid="fix">
      <summary>
        Fix <span class="muted">in {titleOf(shown)}</span>
      </summary>
      {asked !== '' && shown !== asked && (
        <p class="text-warn">This cannot be written for {titleOf(asked)}: it is to be changed at a system of another kind.</p>
      )}
      {fix
        .filter(({ syntax }) => syntax === shown)
        .map(({ text, verify, note }, i) => (
          <div key={i} class="fix-text">
            <pre class="recipe" data-testid="fix-text">
              {text}
            </pre>
            <CopyButton text={text} testId="fix-copy" />
            {note && <p class="muted">{note}</p>}
            {verify && (
              <p class="muted">
                Then look: <code>{verify}</code>
              </p>
            )}
          </div>
        ))}
      {available.length > 1 && (
        <p class="chips fix-others">
          <span class="muted">Also for</span>
          {available
            .filter((syntax) => syntax !== shown)
            .map((syntax) => (
              <button key={syntax} type="button" class="link-button" onClick={() => (fragment.fix.value = syntax)}>
                {titleOf(syntax)}
              </button>
            ))}
        </p>
      )}
    </details>
  );
}
