/**
 * Receive side scaling: the Toeplitz hash of a network card with a key that is known (hash-spec 5.1). Senders that reuse the
 * card's hash place forwarded frames by it. Linux drivers draw a random key at boot; only published keys are here.
 */
import { formatHex32 } from '../base/addresses.ts';
import { addHash, addStep, describeAddress, describePorts, type Steps } from './explain.ts';
import { HEADERS_CUT, PORTS_CUT, PORTS_OK, PORTS_PADDING, type HashInput } from './hash-input.ts';
import { REASON_CUT_HEADER, REASON_HIDDEN_INPUT, REASON_NONE } from './linux-blocks.ts';
import type { HashPolicy } from './policy.ts';

/** Key of Microsoft's verification suite, the default of many drivers. */
export const MICROSOFT_KEY = '6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa';
/** Repeats two bytes: both directions of a connection have one hash. */
export const SYMMETRIC_KEY = '6d5a'.repeat(20);

/** Two IPv6 addresses and two ports. */
const MAX_BYTES = 36;

interface Recipe {
  readonly key: string;
  readonly ports: boolean;
  readonly title: string;
}

const RECIPES: ReadonlyMap<string, Recipe> = new Map([
  ['microsoft', { key: MICROSOFT_KEY, ports: true, title: "Microsoft's key, addresses and ports of TCP and UDP" }],
  ['microsoft/l3', { key: MICROSOFT_KEY, ports: false, title: "Microsoft's key, addresses" }],
  ['6d5a', { key: SYMMETRIC_KEY, ports: true, title: 'symmetric key 6d5a…, addresses and ports of TCP and UDP' }],
  ['6d5a/l3', { key: SYMMETRIC_KEY, ports: false, title: 'symmetric key 6d5a…, addresses' }],
]);

const DEFAULT_VARIANT = 'microsoft';

const tables = new Map<string, Uint32Array>();

/** What each value of each byte adds: index position * 256 + value. Made at first use. */
export function toeplitzTable(key: string): Uint32Array {
  const known = tables.get(key);
  if (known !== undefined) return known;
  const bits = [...key].flatMap((digit) => [3, 2, 1, 0].map((bit) => (Number.parseInt(digit, 16) >> bit) & 1));
  const table = new Uint32Array(MAX_BYTES * 256);
  for (let position = 0; position < MAX_BYTES; position++) {
    for (let bit = 0; bit < 8; bit++) {
      // The 32 key bits from this input bit on; bit 0 is the most significant of the byte.
      let window = 0;
      for (let b = 0; b < 32; b++) window = (window << 1) | bits[position * 8 + bit + b];
      for (let value = 0; value < 256; value++) if ((value & (0x80 >> bit)) !== 0) table[position * 256 + value] ^= window;
    }
  }
  tables.set(key, table);
  return table;
}

/** Adds four packet bytes, given as the word they make when read little-endian. */
function addWord(table: Uint32Array, position: number, word: number): number {
  const at = position * 256;
  return (
    table[at + (word & 0xff)] ^
    table[at + 256 + ((word >>> 8) & 0xff)] ^
    table[at + 512 + ((word >>> 16) & 0xff)] ^
    table[at + 768 + (word >>> 24)]
  );
}

function recipeOf(variant: string): Recipe {
  return RECIPES.get(variant) ?? { key: MICROSOFT_KEY, ports: true, title: '' };
}

function countsPorts(input: HashInput, row: number, recipe: Recipe): boolean {
  const protocol = input.protocol[row];
  return recipe.ports && (protocol === 6 || protocol === 17) && input.fragment[row] === 0;
}

function hashRow(input: HashInput, row: number, recipe: Recipe, table: Uint32Array): number {
  const words = input.ipVersion[row] === 6 ? 4 : 1;
  const at = row * 4;
  let hash = 0;
  for (let word = 0; word < words; word++) {
    hash ^= addWord(table, word * 4, input.src[at + word]);
    hash ^= addWord(table, (words + word) * 4, input.dst[at + word]);
  }
  const status = input.portsStatus[row];
  if (countsPorts(input, row, recipe) && (status === PORTS_OK || status === PORTS_PADDING))
    hash ^= addWord(table, words * 8, input.ports[row]);
  return hash >>> 0;
}

export const rssToeplitz: HashPolicy = {
  id: 'rss-toeplitz',
  title: 'RSS Toeplitz hash of a network card',
  family: 'other',
  selector: 'modulo',
  variants: [...RECIPES].map(([id, { title }]) => ({
    id,
    title,
    source: {
      system: 'network cards with a published key',
      versions: 'RSS',
      confidence: 'documented',
      reference: 'Microsoft, RSS hashing types',
    },
  })),
  defaultVariant: DEFAULT_VARIANT,
  fields: ['IP addresses', 'ports'],
  hash(input, context, out) {
    const recipe = recipeOf(context.variant);
    const table = toeplitzTable(recipe.key);
    for (let row = 0; row < input.length; row++) {
      const version = input.ipVersion[row];
      if (version === 0) {
        // What is not IP has no hash; the card gives it to its first queue, and the sender falls back to its own.
        out.hash[row] = 0;
        out.reason[row] = input.headers[row] === HEADERS_CUT ? REASON_CUT_HEADER : REASON_HIDDEN_INPUT;
        continue;
      }
      out.hash[row] = hashRow(input, row, recipe, table);
      const cut = countsPorts(input, row, recipe) && input.portsStatus[row] === PORTS_CUT;
      out.reason[row] = cut ? REASON_CUT_HEADER : REASON_NONE;
    }
  },
  explain(input, row, context) {
    const steps: Steps = [];
    const recipe = recipeOf(context.variant);
    const version = input.ipVersion[row];
    if (version === 0) return addHash(steps, 0);
    addStep(steps, 'source address', describeAddress(input.src, row, version));
    addStep(steps, 'destination address', describeAddress(input.dst, row, version));
    if (countsPorts(input, row, recipe)) addStep(steps, 'ports', describePorts(input.ports[row], input.protocol[row]));
    const hash = hashRow(input, row, recipe, toeplitzTable(recipe.key));
    addStep(steps, 'key', `${recipe.key.slice(0, 16)}…`);
    addStep(steps, 'XOR of the 32 key bits at each set bit', formatHex32(hash));
    return addHash(steps, hash);
  },
};
