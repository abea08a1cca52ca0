import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '../../base/addresses.ts';
import { formatMac, parseMac } from '../../flows/mac.ts';
import type { Neighbour } from '../../lacp/neighbour.ts';
import type { PduRun } from '../../lacp/pdu-log.ts';
import type { AddressMap } from './address-map.ts';

const MAC =
  /(?<![\w:.-])(?:[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})(?![\w:]|\.\w|-\w)/gi;
const IPV4 = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\w)/g;
const IPV6 = /(?<![\w:.])(?=[0-9a-f:]*:[0-9a-f:]*:)[0-9a-f:]{3,39}(?![\w:]|\.\w)/gi;
/** Name of the system in a prompt: `root@host:`, `switch1#`, `switch1(config)>`. */
const PROMPTS = [/(?<=^[\w.-]+@)[\w.-]+(?=[:\s].*[#$])/gm, /^[A-Za-z][\w.-]*(?=(?:\([\w-]*\))?[#>])/gm];

/** Addresses within texts, and names of systems, replaced as they are elsewhere. */
export class TextMap {
  readonly #map: AddressMap;
  readonly #names = new Map<string, string>();

  constructor(map: AddressMap) {
    this.#map = map;
  }

  /** What stands for the name of a system. */
  name(name: string): string {
    const replaced = this.#replaceAddresses(name);
    if (replaced !== name) return replaced;
    let known = this.#names.get(name);
    if (known === undefined) this.#names.set(name, (known = `system-${this.#names.size + 1}`));
    return known;
  }

  text(text: string): string {
    let replaced = this.#replaceAddresses(text);
    for (const [name, instead] of this.#names) replaced = replaced.replaceAll(wholeWord(name), instead);
    return replaced;
  }

  /** A text that a system printed: names in prompts, too. */
  stateText(text: string): string {
    for (const prompt of PROMPTS) for (const [name] of text.matchAll(prompt)) if (name.length > 1) this.name(name);
    return this.text(text);
  }

  neighbour(of: Neighbour): Neighbour {
    const name = (text: string | null): string | null => (text === null ? null : this.name(text));
    return {
      ...of,
      srcMac: this.text(of.srcMac),
      chassis: name(of.chassis),
      systemName: name(of.systemName),
      systemDescription: null,
      port: of.port === null ? null : this.text(of.port),
      portDescription: null,
      managementAddress: of.managementAddress === null ? null : this.text(of.managementAddress),
    };
  }

  /** A LACPDU, and the bytes it stood in. */
  pduRun(run: PduRun): PduRun {
    const { pdu } = run;
    const bytes = run.bytes.slice();
    for (const mac of new Set([pdu.srcMac, pdu.actor.system, pdu.partner.system])) replaceMac(run.bytes, bytes, mac, this.text(mac));
    const port = <T extends { readonly system: string }>(of: T): T => ({ ...of, system: this.text(of.system) });
    return { ...run, bytes, pdu: { ...pdu, srcMac: this.text(pdu.srcMac), actor: port(pdu.actor), partner: port(pdu.partner) } };
  }

  #replaceAddresses(text: string): string {
    return text
      .replace(MAC, (mac) => this.#mac(mac))
      .replace(IPV4, (address) => {
        const words = new Uint32Array(4);
        return parseIpv4(address, words) && !isMask(words[0]) ? formatIpv4(this.#map.ipv4(words[0])) : address;
      })
      .replace(IPV6, (address) => {
        const words = new Uint32Array(4);
        if (!parseIpv6(address, words)) return address;
        this.#map.ipv6(words, 0, words);
        return formatIpv6(words, 0);
      });
  }

  /** In the writing of the original, so that importers read it. */
  #mac(text: string): string {
    const padded = text.includes(':')
      ? text
          .split(':')
          .map((part) => part.padStart(2, '0'))
          .join(':')
      : text;
    const mac = parseMac(padded);
    if (mac === null) return text;
    const plain = formatMac(this.#map.mac(mac));
    const digits = plain.replaceAll(':', '');
    const lower = text.includes('.')
      ? `${digits.slice(0, 4)}.${digits.slice(4, 8)}.${digits.slice(8)}`
      : text.includes('-')
        ? plain.replaceAll(':', '-')
        : plain;
    return /[A-F]/.test(text) ? lower.toUpperCase() : lower;
  }
}

function wholeWord(name: string): RegExp {
  return new RegExp(`(?<![\\w-])${name.replaceAll(/[^\w ]/g, '\\$&')}(?![\\w-])`, 'g');
}

/** 255.255.255.0 and its like tell of nobody. */
function isMask(word: number): boolean {
  return (word & 0xff) === 255;
}

function replaceMac(original: Uint8Array, bytes: Uint8Array, mac: string, instead: string): void {
  const [from, to] = [mac, instead].map((text) => text.split(':').map((part) => Number.parseInt(part, 16)));
  if (from.every((byte) => byte === 0)) return;
  for (let at = 0; at + 6 <= original.length; at++) if (from.every((byte, i) => original[at + i] === byte)) bytes.set(to, at);
}
