/**
 * Light or dark: the system's wish until the person says otherwise. Kept in localStorage rather than IndexedDB because it
 * must be known before the first paint.
 */
import { effect, signal } from '@preact/signals';

type Theme = 'light' | 'dark';
const KEY = 'leafcutter-theme';

export const isDark = signal(false);

export function startTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let chosen = recallTheme();
  isDark.value = chosen ? chosen === 'dark' : system.matches;
  system.addEventListener('change', () => {
    chosen = recallTheme();
    if (!chosen) isDark.value = system.matches;
  });
  effect(() => {
    document.documentElement.setAttribute('data-theme', isDark.value ? 'dark' : 'light');
  });
}

export function toggleTheme(): void {
  isDark.value = !isDark.value;
  try {
    localStorage.setItem(KEY, isDark.value ? 'dark' : 'light');
  } catch {
    // Storage is blocked: the choice lasts for this visit.
  }
}

function recallTheme(): Theme | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : undefined;
  } catch {
    return undefined;
  }
}
