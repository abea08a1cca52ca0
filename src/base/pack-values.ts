/**
 * Plain values with typed arrays in them as bytes, and back: for results that leave the process as a file. Objects,
 * arrays, maps, sets, strings, numbers (also those JSON lacks), booleans, null and undefined; nothing with methods.
 * Layout: length of the JSON text in bytes (u32, little-endian), the text (UTF-8), then the arrays' bytes, each from a
 * multiple of eight, counted from the first of them. Arrays keep the byte order of the machine, which is little-endian
 * wherever this runs.
 */

const ALIGN = 8;
const ARRAY_TYPES = {
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
} as const;
type ArrayName = keyof typeof ARRAY_TYPES;
type PackedArray = InstanceType<(typeof ARRAY_TYPES)[ArrayName]>;

/** What JSON has no word for: `$` names the kind. Objects with a key `$` are such themselves. */
type Marked =
  | { readonly $: ArrayName; readonly at: number; readonly length: number }
  | { readonly $: 'map' | 'set' | 'object'; readonly of: readonly unknown[] }
  | { readonly $: 'number'; readonly of: string }
  | { readonly $: 'undefined' };

/** The value as pieces, to be written one after the other. Arrays are borrowed, not copied. */
export function packValues(value: unknown): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  const pack = (item: unknown): unknown => {
    if (item === undefined) return { $: 'undefined' };
    if (typeof item === 'number' && (!Number.isFinite(item) || Object.is(item, -0))) {
      return { $: 'number', of: Object.is(item, -0) ? '-0' : String(item) };
    }
    if (typeof item !== 'object' || item === null) {
      if (typeof item === 'function' || typeof item === 'symbol' || typeof item === 'bigint')
        throw new TypeError(`a ${typeof item} cannot be packed`);
      return item;
    }
    if (ArrayBuffer.isView(item)) {
      const { name } = item.constructor;
      if (!Object.hasOwn(ARRAY_TYPES, name)) throw new TypeError(`a ${name} cannot be packed`);
      const marked = { $: name, at, length: (item as PackedArray).length };
      const padding = (ALIGN - (item.byteLength % ALIGN)) % ALIGN;
      pieces.push(new Uint8Array(item.buffer, item.byteOffset, item.byteLength));
      if (padding > 0) pieces.push(new Uint8Array(padding));
      at += item.byteLength + padding;
      return marked;
    }
    if (Array.isArray(item)) return item.map(pack);
    if (item instanceof Map) return { $: 'map', of: [...item].map(pack) };
    if (item instanceof Set) return { $: 'set', of: [...item].map(pack) };
    const entries = Object.entries(item);
    if (Object.hasOwn(item, '$')) return { $: 'object', of: entries.map(pack) };
    return Object.fromEntries(entries.map(([key, of]) => [key, pack(of)]));
  };
  const text = new TextEncoder().encode(JSON.stringify(pack(value)));
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, text.length, true);
  return [head, text, ...pieces];
}

/** The value of bytes that `packValues` made; every array is a copy of its own. Throws on bytes of other origin. */
export function unpackValues(bytes: Uint8Array): unknown {
  const textLength = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const arrays = bytes.subarray(4 + textLength);
  const unpack = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item;
    if (Array.isArray(item)) return item.map(unpack);
    if (!Object.hasOwn(item, '$')) return Object.fromEntries(Object.entries(item).map(([key, of]) => [key, unpack(of)]));
    const marked = item as Marked;
    switch (marked.$) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(marked.of);
      case 'map':
        return new Map(marked.of.map(unpack) as [unknown, unknown][]);
      case 'set':
        return new Set(marked.of.map(unpack));
      case 'object':
        return Object.fromEntries(marked.of.map(unpack) as [string, unknown][]);
      default: {
        const type = ARRAY_TYPES[marked.$];
        const end = marked.at + marked.length * type.BYTES_PER_ELEMENT;
        if (end > arrays.length) throw new RangeError('an array goes beyond the end');
        // Not `slice`: that of Node's buffers shares its memory.
        const own = new Uint8Array(end - marked.at);
        own.set(arrays.subarray(marked.at, end));
        return new type(own.buffer);
      }
    }
  };
  return unpack(JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + textLength))));
}
