/** What was read at the timeline's cursor, in words. Not a live region: the slider itself tells it. */

import { t } from '../../i18n/i18n';
import { make } from '../../ui/dom';
import { percent } from '../../ui/format';
import { readingsAt } from '../at';
import { labelName, subjectName } from '../names';
import type { Session } from '../session';
import { clock } from '../time';

export class CursorView {
  readonly #title = make('h3', { class: 'cursor-title' });
  readonly #list = make('ul', { class: 'cursor-readings list-unstyled' });
  readonly element = make('div', { class: 'cursor-view', 'data-testid': 'cursor-reading' }, this.#title, this.#list);
  #shown = '';

  show(session: Session, ms: number): void {
    const readings = readingsAt(session, ms).map(({ subject, label, share, years }) => ({
      label,
      name: subjectName(subject),
      words: `${labelName(label)} ${percent(share)}${years === null ? '' : ` · ${t('timeline.age', { years: Math.round(years) })}`}`,
    }));
    const shown = JSON.stringify([ms, readings]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#title.textContent = t('timeline.cursor', { time: clock(ms) });
    this.#list.replaceChildren(
      ...(readings.length > 0 ? readings : [{ label: '', name: '', words: t('timeline.nothing') }]).map(({ label, name, words }) =>
        make('li', { 'data-label': label }, make('span', { class: 'swatch', 'data-emotion': label, 'aria-hidden': 'true' }), make('strong', {}, name), ' ', words),
      ),
    );
  }
}
