/** The packet to explore: typed, picked from examples, or taken from the chosen flow. */
import { useEffect, useState } from 'preact/hooks';
import { formatPacketText } from '../../flows/format-packet-spec.ts';
import { chosen } from '../store/chosen-flow.ts';
import { EXAMPLE_PACKETS, explorerTrouble, packetText, setPacket } from '../store/explorer-store.ts';

export function HashPacket() {
  const [typed, setTyped] = useState(packetText.value);
  useEffect(() => setTyped(packetText.value), [packetText.value]);
  const flow = chosen.value.kind === 'ready' ? chosen.value.flow : null;
  const trouble = explorerTrouble.value;
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>
          <label for="packet">Packet</label>
        </h2>
        <span class="muted">as for lacpviz predict, or the address fields of a flow as JSON</span>
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setPacket(typed);
        }}
      >
        <textarea
          id="packet"
          class="field mono packet-text"
          rows={2}
          spellcheck={false}
          value={typed}
          aria-invalid={trouble !== null}
          aria-describedby="packet-trouble"
          data-testid="packet"
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setPacket(event.currentTarget.value);
          }}
        />
      </form>
      <p id="packet-trouble" class="text-error" role="status" data-testid="packet-trouble">
        {trouble}
      </p>
      <p class="chips packet-examples">
        {flow && (
          <button type="button" class="button small" onClick={() => setPacket(formatPacketText({ ...flow }))} data-testid="packet-of-flow">
            Flow {flow.id}
          </button>
        )}
        {EXAMPLE_PACKETS.map(([name, text]) => (
          <button key={name} type="button" class="button small" aria-pressed={packetText.value === text} onClick={() => setPacket(text)}>
            {name}
          </button>
        ))}
      </p>
    </section>
  );
}
