/** The explorer of hashes: a packet, its bits, and what any policies make of them, side by side. */
import { useState } from 'preact/hooks';
import { BitLegend, HashBits } from '../components/hash-bits.tsx';
import { HashPacket } from '../components/hash-packet.tsx';
import { HashPolicy } from '../components/hash-policy.tsx';
import { choices, exploration, lastTurn, packetText, setChoices } from '../store/explorer-store.ts';
import { MOST_CHOICES, parseChoices, type HashChoice } from '../store/hash-choices.ts';
import type { PageView } from './page-view.ts';

export const hashView: PageView = { id: 'hash', title: 'Hash', key: '6', standsAlone: true, render: () => <HashView /> };

/** Offered one after the other when a policy is added. */
const NEXT_POLICIES = ['layer2', 'layer2+3', 'layer3+4', 'encap3+4', 'vlan+srcmac', 'ovs-balance-tcp'];

function HashView() {
  const [shown, setShown] = useState(0);
  const explored = exploration.value;
  const list = choices.value;
  const place = Math.min(shown, list.length - 1);
  const turn = lastTurn.value;
  const before = turn !== null && turn.text === packetText.value && turn.before.policies.length === list.length ? turn.before : null;
  const change = (i: number, choice: HashChoice): void => setChoices(list.map((old, at) => (at === i ? choice : old)));
  return (
    <div class="stack hash-view">
      <HashPacket />
      <div class="hash-policies">
        {list.map((choice, i) => (
          <HashPolicy
            key={i}
            place={i}
            choice={choice}
            explored={explored?.policies[i]}
            before={before?.policies[i]}
            isShown={i === place}
            onShow={() => setShown(i)}
            onChange={(next) => change(i, next)}
            onRemove={list.length > 1 ? () => setChoices(list.filter((_, at) => at !== i)) : undefined}
          />
        ))}
        {list.length < MOST_CHOICES && (
          <button type="button" class="button hash-add" onClick={() => setChoices([...list, nextChoice(list)])} data-testid="hash-add">
            Compare another policy
          </button>
        )}
      </div>
      {explored && (
        <section class="panel">
          <div class="panel-head">
            <h2>Bits of the packet</h2>
            <span class="muted">
              as {list[place].policy} reads them. Click a bit to turn it.
              {before && turn && (
                <>
                  {' '}
                  Turned last: <strong data-testid="last-turn">{turn.label}</strong>
                </>
              )}
            </span>
          </div>
          <BitLegend />
          <HashBits exploration={explored} policy={place} />
        </section>
      )}
    </div>
  );
}

function nextChoice(list: readonly HashChoice[]): HashChoice {
  const policy = NEXT_POLICIES.find((id) => list.every((choice) => choice.policy !== id)) ?? NEXT_POLICIES[0];
  return parseChoices(`${policy},,${list[0].memberCount}`)[0];
}
