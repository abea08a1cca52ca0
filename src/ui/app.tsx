/** The shell: header with the views, drop zone, progress, the view itself, and the panel of the chosen flow. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { CrashPanel } from './components/crash-panel.tsx';
import { FilesPanel } from './components/files-panel.tsx';
import { FlowPanel } from './components/flow-panel.tsx';
import { HeaderBar } from './components/header-bar.tsx';
import { KeysPanel } from './components/keys-panel.tsx';
import { PduPanel } from './components/pdu-panel.tsx';
import { ScanPanel } from './components/scan-panel.tsx';
import { SpanBar } from './components/span-bar.tsx';
import { SettingsPanel } from './components/settings-panel.tsx';
import { addFiles, connected, crash, lag, resultDocument, scan } from './store/analysis-store.ts';
import { openFiles } from './store/report-block.ts';
import { fragment } from './store/fragment.ts';
import { connectKeyboard } from './keyboard.ts';
import { filesShown, keysShown, openDialog, settingsShown } from './store/shown-panels.ts';
import { fromDrop, fromFiles, fromText, openedFiles } from './store/opened-files.ts';
import { NoLagView } from './views/no-lag-view.tsx';
import type { PageView } from './views/page-view.ts';
import { PAGE_VIEWS } from './views/page-views.ts';
import { StartView } from './views/start-view.tsx';

export function App() {
  const over = useSignal(false);
  const fileInput = useRef<HTMLInputElement>(null);
  useEffect(connectKeyboard, []);
  useEffect(() => connectDrop((state) => (over.value = state)), []);
  useEffect(() => {
    openDialog.run = () => fileInput.current?.click();
  }, []);

  const ready = resultDocument.value !== null;
  const view = PAGE_VIEWS.find((candidate) => candidate.id === fragment.view.value) ?? PAGE_VIEWS[0];
  // One panel at a time: in the view of LACPDUs the LACPDU, in all others the flow.
  const side = view.id === 'lacp' ? (fragment.pdu.value ? 'pdu' : null) : fragment.flow.value ? 'flow' : null;
  const scanning = scan.value.kind !== 'idle';
  const shown = ready || view.standsAlone === true ? view.id : 'start';
  return (
    <div class={ready && side ? 'app with-side' : 'app'} data-testid={connected.value ? 'ready' : undefined}>
      <HeaderBar />
      {crash.value !== null && <CrashPanel message={crash.value} />}
      {scanning && <ScanPanel />}
      {keysShown.value && <KeysPanel />}
      {filesShown.value && ready && <FilesPanel />}
      {settingsShown.value && openedFiles.value.length > 0 && <SettingsPanel />}
      <main id="main" class="main" data-testid={`view-${shown}`}>
        {shown !== 'start' && <h1 class="visually-hidden">{view.title}</h1>}
        {ready && <SpanBar view={view.id} />}
        <ViewBody view={view} ready={ready} />
      </main>
      {ready && lag.value && side === 'flow' && <FlowPanel />}
      {ready && lag.value && side === 'pdu' && <PduPanel />}
      {over.value && <div class="drop-note">Drop captures and state texts: they join this analysis. Nothing leaves this page.</div>}
      <input
        ref={fileInput}
        class="visually-hidden"
        type="file"
        multiple
        tabIndex={-1}
        aria-label="Open captures and state texts"
        data-testid="file-input"
        onChange={(event) => {
          const input = event.currentTarget;
          void openFiles(fromFiles(input.files ?? []));
          input.value = '';
        }}
      />
    </div>
  );
}

function ViewBody({ view, ready }: { view: PageView; ready: boolean }) {
  if (view.standsAlone) return view.render();
  if (ready) return lag.value ? view.render() : <NoLagView />;
  return scan.value.kind === 'scanning' ? null : <StartView />;
}

/** Files and folders may be dropped, and text pasted, on any view. */
function connectDrop(setOver: (over: boolean) => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  addEventListener(
    'dragover',
    (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    },
    { signal },
  );
  addEventListener('dragleave', (event) => event.relatedTarget === null && setOver(false), { signal });
  addEventListener(
    'drop',
    (event) => {
      if (!event.dataTransfer) return;
      event.preventDefault();
      setOver(false);
      void fromDrop(event.dataTransfer).then(openFiles);
    },
    { signal },
  );
  addEventListener(
    'paste',
    (event) => {
      if ((event.target as HTMLElement).matches?.('input, textarea') || !event.clipboardData) return;
      const text = event.clipboardData.getData('text/plain');
      if (event.clipboardData.files.length > 0) void openFiles(fromFiles(event.clipboardData.files));
      else if (text.trim() !== '') addFiles([fromText(text)]);
    },
    { signal },
  );
  return () => stop.abort();
}
