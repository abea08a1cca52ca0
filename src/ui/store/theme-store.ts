/** Light or dark: the system's choice unless the user switched. Kept in this browser only. */
import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const STORAGE_KEY = 'lacpviz-theme';

export const theme = signal<Theme>(readStored());
/** What the page really shows. */
export const dark = signal(false);

function readStored(): Theme {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

export function connectTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  effect(() => {
    const isDark = theme.value === 'dark' || (theme.value === 'system' && system.matches);
    dark.value = isDark;
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    try {
      if (theme.value === 'system') localStorage.removeItem(STORAGE_KEY);
      else localStorage.setItem(STORAGE_KEY, theme.value);
    } catch {
      // Storage may be refused (file:, private windows): the switch then lasts as long as the page.
    }
  });
  system.addEventListener('change', () => {
    const choice = theme.peek();
    if (choice !== 'system') return;
    dark.value = system.matches;
    document.documentElement.dataset.theme = system.matches ? 'dark' : 'light';
  });
}

export function switchTheme(): void {
  theme.value = dark.peek() ? 'light' : 'dark';
}
