import { byId } from './element.ts';

const THEMES = ['auto', 'light', 'dark'] as const;
const KEY = 'ami-janitor-theme';

/** Light, dark, or as the system has it; remembered where the browser allows it. */
export function offerThemes(): void {
  const button = byId('theme', HTMLButtonElement);
  let theme = THEMES.find((name) => name === remembered()) ?? 'auto';
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  button.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
    remember(theme);
    apply();
  });
  button.hidden = false;
  apply();
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // Some browsers refuse storage to a page from disk.
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // As above: the choice holds until the page is closed.
  }
}
