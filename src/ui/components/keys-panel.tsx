import { KEY_LIST } from '../keyboard.ts';
import { keysShown } from '../store/shown-panels.ts';

export function KeysPanel() {
  return (
    <section class="panel drawer" aria-label="Keys" data-testid="keys">
      <div class="panel-head">
        <h2>Keys</h2>
        <button type="button" class="button quiet small end" onClick={() => (keysShown.value = false)}>
          Close
        </button>
      </div>
      <dl class="facts keys">
        {KEY_LIST.map(([keys, what]) => (
          <>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}
