/** In which configuration syntax fixes are shown: one choice for the whole page, kept in the fragment. */
import { FIX_SYNTAXES } from '../../fix/registry.ts';
import { fragment } from '../store/fragment.ts';

/** `syntaxes`: ids in which something can be shown; nothing is drawn without any. */
export function SyntaxChoice({ label, syntaxes }: { label: string; syntaxes: Iterable<string> }) {
  const used = new Set(syntaxes);
  if (used.size === 0) return null;
  return (
    <label class="syntax-choice end">
      <span class="muted">{label}</span>
      <select
        class="field small"
        value={fragment.fix.value}
        onChange={(event) => (fragment.fix.value = event.currentTarget.value)}
        data-testid="fix-syntax"
      >
        <option value="">the first that fits</option>
        {FIX_SYNTAXES.filter(({ id }) => used.has(id) || id === fragment.fix.value).map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
