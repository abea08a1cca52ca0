/** What the user knows of the LAG and the captures do not tell; the same as the command line's options. */
import { useState } from 'preact/hooks';
import { LANGUAGES, type Language } from '../../diagnose/languages.ts';
import { LINUX_ERAS } from '../../hash/linux-eras.ts';
import { POLICIES } from '../../hash/registry.ts';
import { analyzeOpened, lag } from '../store/analysis-store.ts';
import { fragment, type FragmentKey } from '../store/fragment.ts';
import { settingsShown } from '../store/shown-panels.ts';
import { hasOptions, loadedModels, loadModel } from '../store/options.ts';

const KEYS = [
  'policyA',
  'kernelA',
  'membersA',
  'policyB',
  'kernelB',
  'membersB',
  'local',
  'oneLag',
  'from',
  'to',
  'lang',
] as const satisfies readonly FragmentKey[];
type Key = (typeof KEYS)[number];

const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', ru: 'Русский', ja: '日本語', 'zh-Hant': '繁體中文' };

export function SettingsPanel() {
  const [values, setValues] = useState(() => Object.fromEntries(KEYS.map((key) => [key, fragment[key].peek()])) as Record<Key, string>);
  const set = (key: Key, value: string): void => setValues({ ...values, [key]: value.trim() });
  const apply = (next: Record<Key, string>): void => {
    for (const key of KEYS) fragment[key].value = next[key];
    setValues(next);
    void analyzeOpened();
  };
  const names = lag.value?.members.map((member) => member.name).join(', ') ?? '';
  return (
    <form
      class="panel drawer settings"
      aria-label="Settings of the analysis"
      data-testid="settings"
      onSubmit={(event) => {
        event.preventDefault();
        apply(values);
      }}
    >
      <div class="panel-head">
        <h2>Settings of the analysis</h2>
        <span class="muted">what is left open is taken from state texts, else from the traffic</span>
        <button type="button" class="button quiet small end" onClick={() => (settingsShown.value = false)}>
          Close
        </button>
      </div>
      <div class="settings-grid">
        {(['A', 'B'] as const).map((side) => (
          <fieldset key={side}>
            <legend>Sender: side {side.toLowerCase()}</legend>
            <label>
              Policy
              <select
                class="field"
                value={values[`policy${side}`]}
                onChange={(event) => set(`policy${side}`, event.currentTarget.value)}
                data-testid={`policy-${side}`}
              >
                <option value="">by state text or traffic</option>
                {POLICIES.map((policy) => (
                  <option key={policy.id} value={policy.id}>
                    {policy.id}
                  </option>
                ))}
              </select>
            </label>
            <ModelChoice side={side === 'A' ? 'a' : 'b'} />
            <label>
              Kernel
              <input
                class="field"
                list="kernel-eras"
                value={values[`kernel${side}`]}
                placeholder="6.1, 5.15.17, linux-5.5"
                onInput={(event) => set(`kernel${side}`, event.currentTarget.value)}
                data-testid={`kernel-${side}`}
              />
            </label>
            <label>
              Members in hash order
              <input
                class="field"
                value={values[`members${side}`]}
                placeholder={names}
                onInput={(event) => set(`members${side}`, event.currentTarget.value)}
                data-testid={`members-${side}`}
              />
            </label>
          </fieldset>
        ))}
        <fieldset>
          <legend>LAG</legend>
          <label>
            MAC addresses of this side (side a)
            <input
              class="field mono"
              value={values.local}
              placeholder="02:00:00:00:00:01"
              onInput={(event) => set('local', event.currentTarget.value)}
              data-testid="local"
            />
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={values.oneLag !== ''}
              onChange={(event) => set('oneLag', event.currentTarget.checked ? '1' : '')}
            />
            All captures are one LAG
          </label>
          <label>
            Only from (UTC)
            <input
              class="field mono"
              value={values.from}
              placeholder="2026-11-21T02:35:26Z"
              onInput={(event) => set('from', event.currentTarget.value)}
            />
          </label>
          <label>
            To (UTC)
            <input
              class="field mono"
              value={values.to}
              placeholder="2026-11-21T02:36:00Z"
              onInput={(event) => set('to', event.currentTarget.value)}
            />
          </label>
          <label>
            Language of the findings
            <select class="field" value={values.lang} onChange={(event) => set('lang', event.currentTarget.value)} data-testid="lang">
              <option value="">as the browser asks</option>
              {LANGUAGES.map((language) => (
                <option key={language} value={language}>
                  {LANGUAGE_NAMES[language]}
                </option>
              ))}
            </select>
          </label>
        </fieldset>
      </div>
      <datalist id="kernel-eras">
        {LINUX_ERAS.map((era) => (
          <option key={era.variant} value={era.variant}>
            {era.title}
          </option>
        ))}
      </datalist>
      <p class="chips">
        <button type="submit" class="button primary" data-testid="apply-settings">
          Analyse with these
        </button>
        {hasOptions() && (
          <button
            type="button"
            class="button"
            onClick={() => {
              loadedModels.a.value = loadedModels.b.value = null;
              apply(Object.fromEntries(KEYS.map((key) => [key, ''])) as Record<Key, string>);
            }}
          >
            Forget all settings
          </button>
        )}
      </p>
    </form>
  );
}

/** A learned switch from a file, in place of a policy. */
function ModelChoice({ side }: { side: 'a' | 'b' }) {
  const [trouble, setTrouble] = useState<string | null>(null);
  const loaded = loadedModels[side].value;
  if (loaded) {
    return (
      <p>
        Learned model <strong>{loaded.name}</strong>{' '}
        <button type="button" class="link-button" onClick={() => (loadedModels[side].value = null)}>
          Leave it out
        </button>
      </p>
    );
  }
  return (
    <label>
      Learned model (JSON), in place of a policy
      <input
        class="field"
        type="file"
        accept=".json,application/json"
        data-testid={`model-${side}`}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) void loadModel(side, file).then(setTrouble);
        }}
      />
      {trouble && (
        <span class="text-error" role="alert">
          ✗ {trouble}
        </span>
      )}
    </label>
  );
}
