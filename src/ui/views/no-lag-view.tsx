import { InputTable } from '../components/files-panel.tsx';
import { openDialog } from '../store/shown-panels.ts';

/** Nothing to show: none of the files held frames. They are named with the reason. */
export function NoLagView() {
  return (
    <div class="stack">
      <p class="sentence" data-testid="sentence">
        There is no LAG to show: none of these files holds a frame that could be read.
      </p>
      <section class="panel">
        <InputTable removable />
      </section>
      <p>
        <button type="button" class="button primary" onClick={() => openDialog.run()}>
          Add files
        </button>
      </p>
    </div>
  );
}
