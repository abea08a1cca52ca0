/** The packet of the Hash view and what the policies make of it. */
import { computed, effect, signal } from '@preact/signals';
import { turnBitOfText, type Exploration } from '../../plan/explore.ts';
import type { ExplorerService } from '../service/explorer-executor.ts';
import { lag } from './analysis-store.ts';
import { fragment } from './fragment.ts';
import { defaultChoices, formatChoices, parseChoices, type HashChoice } from './hash-choices.ts';

export const EXAMPLE_PACKETS: readonly (readonly [string, string])[] = [
  ['TCP', 'tcp 10.0.0.1:40000 > 10.0.0.2:443 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22'],
  ['UDP over IPv6', 'udp [2001:db8::1]:5000 > [2001:db8::2]:53 label 0x12345 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22'],
  ['VLAN', 'tcp 10.0.0.1:40000 > 10.0.0.2:443 vlan 108 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22'],
  ['ping', 'icmp 10.0.0.1 > 10.0.0.2 type 8 code 0 id 7 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22'],
  ['GRE', 'gre 10.0.0.1 > 10.0.0.2 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22 carrying tcp 192.168.1.1:40000 > 192.168.2.1:443'],
  ['ARP', 'arp 10.0.0.1 > 10.0.0.2 op 1 smac 02:00:00:00:00:11 dmac ff:ff:ff:ff:ff:ff'],
];

export const packetText = computed(() => fragment.packet.value || EXAMPLE_PACKETS[0][1]);
export const choices = computed<readonly HashChoice[]>(() => {
  const chosen = parseChoices(fragment.hash.value);
  return chosen.length > 0 ? chosen : defaultChoices(lag.value);
});
export const exploration = signal<Exploration | null>(null);
export const explorerTrouble = signal<string | null>(null);
/** The bit that was turned last, and the choices before. */
export const lastTurn = signal<{ readonly text: string; readonly label: string; readonly before: Exploration } | null>(null);

/** Asks the worker whenever packet or choices change; only the newest answer counts. */
export function connectExplorerStore(service: ExplorerService): () => void {
  let asked = 0;
  return effect(() => {
    if (fragment.view.value !== 'hash') return;
    const mine = ++asked;
    const text = packetText.value;
    void service.explore(text, choices.value).then((result) => {
      if (mine !== asked) return;
      explorerTrouble.value = result.ok ? null : result.issue.reason;
      if (result.ok) exploration.value = result.value;
    });
  });
}

export function setPacket(text: string): void {
  lastTurn.value = null;
  fragment.packet.value = text.trim();
}

export function setChoices(next: readonly HashChoice[]): void {
  lastTurn.value = null;
  fragment.hash.value = formatChoices(next);
}

/** Turns one bit of the packet; what was before stays for comparison. */
export function turnPacketBit(path: string, label: string, bit: number): void {
  const turned = turnBitOfText(packetText.peek(), path, bit);
  const before = exploration.peek();
  if (!turned.ok || before === null) return;
  lastTurn.value = { text: turned.value, label, before };
  fragment.packet.value = turned.value;
}
