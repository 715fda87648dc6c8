/** Light or dark as the system says; Bootstrap reads it from `data-bs-theme`. */

import type { Scope } from './scope';

export function followTheme(scope: Scope): void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    document.documentElement.dataset.bsTheme = dark.matches ? 'dark' : 'light';
  };
  scope.listen(dark, 'change', apply);
  apply();
}
