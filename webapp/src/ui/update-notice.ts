/** Offers to load a new version of the page, in a corner and without taking the focus. */

import { t } from '../i18n/i18n';
import { make } from './dom';
import type { Scope } from './scope';

const TEST_ID = 'update-notice';

/** Shows the offer, in place of an older one. `onAgree` is called at most once. */
export function offerUpdate(scope: Scope, onAgree: () => void): void {
  if (scope.disposed()) return;
  document.querySelector(`[data-testid="${TEST_ID}"]`)?.remove();
  const reload = make('button', { type: 'button', class: 'btn btn-mien', 'data-testid': 'update-reload' }, t('everywhere.update.reload'));
  const later = make('button', { type: 'button', class: 'btn btn-quiet', 'data-testid': 'update-later' }, t('everywhere.update.later'));
  const text = make('p', { role: 'status' });
  const notice = make('aside', { class: 'update-notice', 'data-testid': TEST_ID, 'aria-label': t('everywhere.update.label') }, text, reload, later);
  reload.addEventListener('click', () => {
    reload.disabled = true;
    onAgree();
  }, { once: true });
  later.addEventListener('click', () => { notice.remove(); }, { once: true });
  document.body.append(notice);
  scope.add(() => { notice.remove(); });
  // A live region speaks what changes in it, so the words come after it is there.
  text.textContent = t('everywhere.update.text');
}
