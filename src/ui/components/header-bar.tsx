import type { InputError } from '../../report/document.ts';
import { countNoun } from '../../report/quantity.ts';
import { closeAll, resultDocument } from '../store/analysis-store.ts';
import { fragment } from '../store/fragment.ts';
import { filesShown, keysShown, settingsShown } from '../store/shown-panels.ts';
import { openedFiles } from '../store/opened-files.ts';
import { hasOptions } from '../store/options.ts';
import { dark, switchTheme } from '../store/theme-store.ts';
import { PAGE_VIEWS } from '../views/page-views.ts';

export function HeaderBar() {
  const document = resultDocument.value;
  const tabs = PAGE_VIEWS.filter((view) => view.standsAlone === true || (document !== null && document.lags.length > 0));
  const shown = PAGE_VIEWS.find((view) => view.id === fragment.view.value) ?? PAGE_VIEWS[0];
  return (
    <header class="header">
      <button type="button" class="brand" onClick={closeAll} title="Close the files and go to the start">
        lacpviz
      </button>
      {tabs.length > 0 && (
        <nav class="tabs" aria-label="Views">
          {tabs.map((view) => (
            <button
              key={view.id}
              type="button"
              class="tab"
              aria-current={view === shown ? 'page' : undefined}
              title={`${view.title} (key ${view.key})`}
              data-testid={`tab-${view.id}`}
              onClick={() => (fragment.view.value = view.id)}
            >
              {view.title}
            </button>
          ))}
        </nav>
      )}
      {document && document.lags.length > 1 && <LagChoice />}
      <div class="header-end">
        {document && (
          <>
            <button
              type="button"
              class="button quiet"
              aria-expanded={filesShown.value}
              data-testid="files-button"
              onClick={() => (filesShown.value = !filesShown.value)}
            >
              {countNoun(openedFiles.value.length, 'file')}
              <Unread errors={document.errors} />
            </button>
            <button
              type="button"
              class="button quiet"
              aria-expanded={settingsShown.value}
              data-testid="settings-button"
              onClick={() => (settingsShown.value = !settingsShown.value)}
            >
              Settings{hasOptions() ? ' •' : ''}
            </button>
          </>
        )}
        <button type="button" class="button quiet" onClick={switchTheme} title="Light or dark (key t)" data-testid="theme">
          {dark.value ? 'Light' : 'Dark'}
        </button>
        <button
          type="button"
          class="button quiet"
          aria-expanded={keysShown.value}
          aria-label="Keys"
          title="Keys (key ?)"
          onClick={() => (keysShown.value = !keysShown.value)}
        >
          ?
        </button>
      </div>
    </header>
  );
}

/** How many files could not be read, and how many only in part. */
function Unread({ errors }: { errors: readonly InputError[] }) {
  const [unread, partly] = [false, true].map(
    (partial) => new Set(errors.filter((error) => (error.partial === true) === partial).map(({ path }) => path)).size,
  );
  return (
    <>
      {unread > 0 && (
        <strong class="text-error" title={`${countNoun(unread, 'file')} not read`}>
          {' '}
          · {unread} ✗
        </strong>
      )}
      {partly > 0 && (
        <strong class="text-warn" title={`${countNoun(partly, 'file')} with trouble`}>
          {' '}
          · {partly} !
        </strong>
      )}
    </>
  );
}

function LagChoice() {
  const lags = resultDocument.value?.lags ?? [];
  return (
    <label class="lag-choice">
      <span class="visually-hidden">LAG</span>
      <select
        class="field"
        value={fragment.lag.value || lags[0]?.id}
        onChange={(event) => chooseLag(event.currentTarget.value)}
        data-testid="lag-choice"
      >
        {lags.map((lag) => (
          <option key={lag.id} value={lag.id}>
            {lag.id}: {lag.members.map((member) => member.name).join(', ')}
          </option>
        ))}
      </select>
    </label>
  );
}

function chooseLag(id: string): void {
  fragment.lag.value = id;
  fragment.member.value = '';
  fragment.flow.value = '';
  fragment.range.value = '';
}
