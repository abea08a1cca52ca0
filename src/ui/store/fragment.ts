/** What the page shows lives in the URL's fragment: a view can be reloaded, kept and sent. */
import { batch, effect, signal } from '@preact/signals';

/** Keys of the fragment, each a signal; '' stands for "not set". */
export const fragment = {
  view: signal(''),
  lag: signal(''),
  member: signal(''),
  flow: signal(''),
  where: signal(''),
  sort: signal(''),
  /** Visible range of the time view: "start,end" in seconds from the first step. */
  range: signal(''),
  /** Id of the bundled sample that is open. */
  sample: signal(''),
  /** Token of `lacpviz serve`. */
  serve: signal(''),
  // What the user says of the LAG (analysis options), in the words of the command line's options.
  policyA: signal(''),
  policyB: signal(''),
  kernelA: signal(''),
  kernelB: signal(''),
  membersA: signal(''),
  membersB: signal(''),
  local: signal(''),
  from: signal(''),
  to: signal(''),
  oneLag: signal(''),
};

export type FragmentKey = keyof typeof fragment;

const KEYS = Object.keys(fragment) as FragmentKey[];
/** A change of one of these is a step that the browser's "back" undoes. */
const STEPS: readonly FragmentKey[] = ['view', 'lag', 'flow', 'sample'];

export function parseFragment(hash: string): Partial<Record<FragmentKey, string>> {
  const values: Partial<Record<FragmentKey, string>> = {};
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ''))) {
    if ((KEYS as string[]).includes(key)) values[key as FragmentKey] = value;
  }
  return values;
}

export function formatFragment(values: Partial<Record<FragmentKey, string>>): string {
  const parts: string[] = [];
  for (const key of KEYS) {
    const value = values[key];
    // Commas, slashes, colons and "=" of filters stay readable; what would break the fragment is encoded.
    if (value) parts.push(`${key}=${encodeURIComponent(value).replace(/%(2C|2F|3A|3D)/g, (code) => decodeURIComponent(code))}`);
  }
  return parts.join('&');
}

function current(): Record<FragmentKey, string> {
  return Object.fromEntries(KEYS.map((key) => [key, fragment[key].value])) as Record<FragmentKey, string>;
}

function read(): void {
  const values = parseFragment(location.hash);
  batch(() => {
    for (const key of KEYS) fragment[key].value = values[key] ?? '';
  });
}

/** Starts keeping signals and fragment in step. */
export function connectFragment(): void {
  read();
  let steps = STEPS.map((key) => fragment[key].peek()).join('\n');
  effect(() => {
    const text = formatFragment(current());
    if (text === location.hash.replace(/^#/, '')) return;
    const nextSteps = STEPS.map((key) => fragment[key].peek()).join('\n');
    const url = text === '' ? location.pathname + location.search : `#${text}`;
    if (nextSteps === steps) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
    steps = nextSteps;
  });
  const follow = (): void => {
    const values = parseFragment(location.hash);
    steps = STEPS.map((key) => values[key] ?? '').join('\n');
    read();
  };
  addEventListener('popstate', follow);
  addEventListener('hashchange', follow);
}
