/** The URL's fragment as text: `view=flows&where=ip=10.0.0.0/8`. Keys that are not known are dropped. */

export function parseFragment<Key extends string>(hash: string, keys: readonly Key[]): Partial<Record<Key, string>> {
  const values: Partial<Record<Key, string>> = {};
  for (const part of hash.replace(/^#/, '').split('&')) {
    const equals = part.indexOf('=');
    const key = part.slice(0, Math.max(0, equals));
    if ((keys as readonly string[]).includes(key)) values[key as Key] = decode(part.slice(equals + 1));
  }
  return values;
}

/** Not as in a form: a "+" stands for itself (layer3+4). What is not well encoded is taken as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function formatFragment<Key extends string>(values: Partial<Record<Key, string>>, keys: readonly Key[]): string {
  const parts: string[] = [];
  for (const key of keys) {
    const value = values[key];
    // Commas, slashes, colons and "=" of filters stay readable; what would break the fragment is encoded.
    if (value) parts.push(`${key}=${encodeURIComponent(value).replace(/%(2B|2C|2F|3A|3D)/g, (code) => decodeURIComponent(code))}`);
  }
  return parts.join('&');
}
