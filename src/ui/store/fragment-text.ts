/** The URL's fragment as text: `view=flows&where=ip=10.0.0.0/8`. Keys that are not known are dropped. */

export function parseFragment<Key extends string>(hash: string, keys: readonly Key[]): Partial<Record<Key, string>> {
  const values: Partial<Record<Key, string>> = {};
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ''))) {
    if ((keys as readonly string[]).includes(key)) values[key as Key] = value;
  }
  return values;
}

export function formatFragment<Key extends string>(values: Partial<Record<Key, string>>, keys: readonly Key[]): string {
  const parts: string[] = [];
  for (const key of keys) {
    const value = values[key];
    // Commas, slashes, colons and "=" of filters stay readable; what would break the fragment is encoded.
    if (value) parts.push(`${key}=${encodeURIComponent(value).replace(/%(2C|2F|3A|3D)/g, (code) => decodeURIComponent(code))}`);
  }
  return parts.join('&');
}
