/** What the page shows lives in the URL's fragment: a view can be reloaded, kept and sent. */
import { batch, effect, signal } from '@preact/signals';
import { formatFragment, parseFragment } from './fragment-text.ts';

/** Keys of the fragment, each a signal; '' stands for "not set". */
export const fragment = {
  view: signal(''),
  lag: signal(''),
  member: signal(''),
  flow: signal(''),
  where: signal(''),
  sort: signal(''),
  /** Columns of the list of flows; side of the map above it, or `off`. */
  cols: signal(''),
  map: signal(''),
  /** Visible range of the time view: "start,end" in seconds from the first frame. */
  range: signal(''),
  /** LACPDU that is chosen: "capture:frame". */
  pdu: signal(''),
  /** Configuration syntax in which fixes are shown. */
  fix: signal(''),
  /** Packet of the Hash view, and the policies it compares. */
  packet: signal(''),
  hash: signal(''),
  /** Scenario of the Plan view, and link speeds in Mbit/s. */
  plan: signal(''),
  speed: signal(''),
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
  /** Language of the findings; '' as the browser asks. */
  lang: signal(''),
};

export type FragmentKey = keyof typeof fragment;

const KEYS = Object.keys(fragment) as FragmentKey[];
/** A change of one of these is a step that the browser's "back" undoes. */
const STEPS: readonly FragmentKey[] = ['view', 'lag', 'flow', 'sample'];

function current(): Record<FragmentKey, string> {
  return Object.fromEntries(KEYS.map((key) => [key, fragment[key].value])) as Record<FragmentKey, string>;
}

/** Takes everything from a fragment's text. */
export function readFragment(text: string): void {
  const values = parseFragment(text, KEYS);
  batch(() => {
    for (const key of KEYS) fragment[key].value = values[key] ?? '';
  });
}

/** Starts keeping signals and fragment in step. */
export function connectFragment(): void {
  readFragment(location.hash);
  let steps = STEPS.map((key) => fragment[key].peek()).join('\n');
  effect(() => {
    const text = formatFragment(current(), KEYS);
    if (text === location.hash.replace(/^#/, '')) return;
    const nextSteps = STEPS.map((key) => fragment[key].peek()).join('\n');
    const url = text === '' ? location.pathname + location.search : `#${text}`;
    if (nextSteps === steps) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
    steps = nextSteps;
  });
  const follow = (): void => {
    const values = parseFragment(location.hash, KEYS);
    steps = STEPS.map((key) => values[key] ?? '').join('\n');
    readFragment(location.hash);
  };
  addEventListener('popstate', follow);
  addEventListener('hashchange', follow);
}
