/** Shows a problem inside a panel: what happened, what to do, and a button to try again. */

import { t } from '../i18n/i18n';
import { make } from './dom';
import type { Problem } from './problems';

export function problemView(problem: Problem, onRetry: () => void): HTMLElement {
  const retry = make('button', { type: 'button', class: 'btn btn-mien', 'data-testid': 'retry' }, t('problems.retry'));
  retry.addEventListener('click', onRetry, { once: true });
  return make(
    'div',
    { class: 'notice notice-problem', role: 'alert', 'data-testid': 'error-message', 'data-code': problem.code },
    make('p', { class: 'notice-title' }, problem.what),
    make('p', { class: 'notice-text' }, problem.remedy),
    retry,
  );
}
