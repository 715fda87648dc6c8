/** Light or dark: as chosen, or as the system says. Bootstrap and our tokens read it from `data-bs-theme`. */

import type { Scope } from './scope';
import { readStored, store } from './stored';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEMES)[number];

/** The colour of the browser's own frame: `--paper` of tokens.css. */
const FRAME = { light: '#f1f5f4', dark: '#0b1316' } as const;

export class Theme {
  readonly #dark = window.matchMedia('(prefers-color-scheme: dark)');
  #choice: ThemeChoice;

  constructor(scope: Scope) {
    const stored = readStored('mien.theme');
    this.#choice = THEMES.find((theme) => theme === stored) ?? 'auto';
    scope.listen(this.#dark, 'change', () => { this.#apply(); });
    this.#apply();
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  /** Shows the page so, now and the next time. */
  choose(choice: ThemeChoice): void {
    this.#choice = choice;
    store('mien.theme', choice === 'auto' ? null : choice);
    this.#apply();
  }

  #apply(): void {
    const system = this.#dark.matches ? 'dark' : 'light';
    const theme = this.#choice === 'auto' ? system : this.#choice;
    document.documentElement.dataset.bsTheme = theme;
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) meta.content = FRAME[theme];
  }
}
