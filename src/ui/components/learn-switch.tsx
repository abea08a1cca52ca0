/** The sender learned from its flows alone: which fields decide, how, and the model to keep. */
import { useState } from 'preact/hooks';
import type { LearnedSender } from '../../pipeline/learn-model.ts';
import type { SideId } from '../../report/document.ts';
import { analysisService } from '../store/analysis-store.ts';
import { saveFile } from '../store/save-file.ts';

export function LearnSwitch({ lagId, from }: { lagId: string; from: SideId }) {
  const [state, setState] = useState<'idle' | 'learning' | LearnedSender>('idle');
  const learn = async (): Promise<void> => {
    setState('learning');
    setState((await analysisService().learn(lagId, from)) ?? 'idle');
  };
  if (state === 'idle') {
    return (
      <p>
        <button type="button" class="button small" onClick={() => void learn()} data-testid={`learn-${from}`}>
          Learn it from the flows
        </button>{' '}
        <span class="muted">for a switch whose rule nobody knows</span>
      </p>
    );
  }
  if (state === 'learning') return <p class="muted">Looking for the fields that decide</p>;
  const { summary, fields, model, kind } = state;
  const untested = fields.filter(({ role }) => role === 'untested').map(({ title }) => title);
  return (
    <div class="learned" data-testid={`learned-${from}`}>
      <p>
        <strong class={kind === 'linear' ? 'text-good' : 'muted'}>
          {kind === 'linear' ? '✓ ' : '? '}
          {kind}
        </strong>
        : {summary}.
      </p>
      {untested.length > 0 && <p class="muted">Not tested by this traffic: {untested.join(', ')}.</p>}
      {model && (
        <p>
          <button
            type="button"
            class="button small"
            data-testid={`save-model-${from}`}
            onClick={() =>
              saveFile(
                `lacpviz-${lagId}-${from}-switch.json`,
                new Blob([`${JSON.stringify(model, null, 1)}\n`], { type: 'application/json' }),
              )
            }
          >
            Save the model
          </button>{' '}
          <span class="muted">for Settings here, and --model on the command line</span>
        </p>
      )}
    </div>
  );
}
