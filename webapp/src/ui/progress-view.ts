/** Loading, in bytes: a bar and a line of text. */

import { t } from '../i18n/i18n';
import type { LoadProgress } from '../types';
import { make, setText } from './dom';
import { bytes, word } from './format';

const STAGES: Record<LoadProgress['stage'], string> = {
  catalogue: t('panels.load.catalogue'),
  runtime: t('panels.load.runtime'),
  model: t('panels.load.model'),
  'warm-up': t('panels.load.warm-up'),
  ready: t('panels.load.ready'),
};

export class ProgressView {
  readonly element: HTMLElement;
  readonly #bar: HTMLElement;
  readonly #fill: HTMLElement;
  readonly #text: HTMLElement;
  /** Screen readers hear it when it changes. */
  readonly #trouble = make('p', { class: 'notice-text load-trouble mb-0', role: 'status', 'data-testid': 'load-trouble' });

  constructor() {
    this.#fill = make('span', { class: 'load-fill' });
    this.#bar = make(
      'div',
      { class: 'load-bar', role: 'progressbar', 'aria-label': t('panels.load.label'), 'aria-valuemin': 0, 'aria-valuemax': 100 },
      this.#fill,
    );
    this.#text = make('p', { class: 'notice-text mb-0' }, t('panels.load.start'));
    this.element = make('div', { class: 'notice', 'data-testid': 'load-progress' }, this.#bar, this.#text, this.#trouble);
  }

  /** Shows how far it is. */
  show(progress: LoadProgress): void {
    const { stage, loadedBytes, totalBytes } = progress;
    const share = totalBytes > 0 ? Math.min(1, loadedBytes / totalBytes) : 0;
    this.#fill.style.transform = `translateX(${((share - 1) * 100).toFixed(2)}%)`;
    this.#bar.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    this.element.dataset.loaded = String(loadedBytes);
    this.element.dataset.total = String(totalBytes);
    this.element.dataset.stage = stage;
    setText(this.#trouble, progress.trouble ? t(`recovery.${progress.trouble}`) : '');
    const which = stage === 'model' && progress.task ? `: ${word(progress.task)}` : '';
    const size = totalBytes > 0 ? ` · ${t('panels.load.size', { loaded: bytes(loadedBytes), total: bytes(totalBytes) })}` : '';
    setText(this.#text, `${STAGES[stage]}${which}${size}`);
  }

  /** Says something else while waiting, such as for the visitor's permission. */
  say(text: string): void {
    setText(this.#text, text);
  }
}
