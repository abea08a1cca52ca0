/** Keys of the page. Views add theirs where they are; these work everywhere. */
import { resultDocument } from './store/analysis-store.ts';
import { fragment } from './store/fragment.ts';
import { stepPdu } from './store/lacp-store.ts';
import { filesShown, filterAsked, keysShown, openDialog, settingsShown } from './store/shown-panels.ts';
import { switchTheme } from './store/theme-store.ts';
import { PAGE_VIEWS } from './views/page-views.ts';

export const KEY_LIST: readonly (readonly [string, string])[] = [
  [PAGE_VIEWS.map((view) => view.key).join(' '), PAGE_VIEWS.map((view) => view.title).join(', ')],
  ['/', 'Filter the flows'],
  ['↑ ↓ PgUp PgDn Home End', 'Move in the list of flows'],
  ['Enter', 'Open the flow under the cursor'],
  ['Esc', 'Close what is open, then drop the choice of flow and member'],
  ['m', 'Mark the next member in every chart'],
  ['← →', 'Move the read-out in a time chart, the LACPDU in the lanes, the flow in the map'],
  ['n p', 'Next and previous LACPDU of the port'],
  ['+ − 0', 'Zoom a time chart in, out, and show all of it'],
  ['o', 'Open files'],
  ['s', 'Settings of the analysis'],
  ['t', 'Light or dark'],
  ['?', 'Show or hide these keys'],
];

export function connectKeyboard(): () => void {
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = event.target as HTMLElement;
  const typing = target.matches('input, textarea, select');
  if (event.key === 'Escape') {
    if (typing) target.blur();
    else escape();
    return;
  }
  if (typing) return;
  if (!handle(event.key)) return;
  event.preventDefault();
}

function handle(key: string): boolean {
  if (key === '?') {
    keysShown.value = !keysShown.peek();
    return true;
  }
  if (key === 't') {
    switchTheme();
    return true;
  }
  if (key === 'o') {
    openDialog.run();
    return true;
  }
  const document = resultDocument.peek();
  const view = PAGE_VIEWS.find((candidate) => candidate.key === key && (document !== null || candidate.standsAlone === true));
  if (view) {
    fragment.view.value = view.id;
    return true;
  }
  if (!document) return false;
  if (key === 's') {
    settingsShown.value = !settingsShown.peek();
    return true;
  }
  if (key === 'm') {
    markNextMember();
    return true;
  }
  if ((key === 'n' || key === 'p') && fragment.view.peek() === 'lacp') {
    stepPdu(key === 'n' ? 1 : -1);
    return true;
  }
  if (key === '/') {
    fragment.view.value = 'flows';
    filterAsked.value++;
    return true;
  }
  return false;
}

function markNextMember(): void {
  const lags = resultDocument.peek()?.lags ?? [];
  const lag = lags.find((candidate) => candidate.id === fragment.lag.peek()) ?? lags[0];
  if (!lag) return;
  const names = lag.members.map((member) => member.name);
  const next = names.indexOf(fragment.member.peek()) + 1;
  fragment.member.value = names[next] ?? '';
}

function escape(): void {
  for (const shown of [keysShown, settingsShown, filesShown]) {
    if (shown.peek()) {
      shown.value = false;
      return;
    }
  }
  if (fragment.view.peek() === 'lacp' && fragment.pdu.peek()) fragment.pdu.value = '';
  else if (fragment.flow.peek()) fragment.flow.value = '';
  else if (fragment.member.peek()) fragment.member.value = '';
}
