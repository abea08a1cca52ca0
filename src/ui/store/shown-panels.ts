/** Which panels are open, and what the shell does for others. */
import { signal } from '@preact/signals';

export const keysShown = signal(false);
export const settingsShown = signal(false);
export const filesShown = signal(false);
/** Grows when the filter box is asked for. */
export const filterAsked = signal(0);
/** Opens the browser's file dialog; set by the shell. */
export const openDialog = { run: (): void => undefined };
