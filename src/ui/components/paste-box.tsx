import { useState } from 'preact/hooks';
import { addFiles } from '../store/analysis-store.ts';
import { fromText } from '../store/opened-files.ts';

/** State text by copy and paste, of any kind that a file may hold. */
export function PasteBox() {
  const [text, setText] = useState('');
  return (
    <form
      class="paste"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === '') return;
        addFiles([fromText(text)]);
        setText('');
      }}
    >
      <label>
        <span class="muted">
          State text of either end, pasted: /proc/net/bonding/bond0, ovs-appctl bond/show, show etherchannel summary, …
        </span>
        <textarea
          class="field mono"
          rows={3}
          value={text}
          spellcheck={false}
          data-testid="paste"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button small" disabled={text.trim() === ''}>
        Add this text
      </button>
    </form>
  );
}
