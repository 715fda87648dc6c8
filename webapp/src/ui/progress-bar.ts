/** A bar that fills: how much of a task is done. */

import { make } from './dom';

export class ProgressBar {
  readonly element: HTMLElement;
  readonly #fill = make('span', { class: 'load-fill' });

  constructor(label: string) {
    this.element = make(
      'div',
      { class: 'load-bar', role: 'progressbar', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': 0 },
      this.#fill,
    );
  }

  /** @param share 0..1 */
  show(share: number): void {
    this.#fill.style.transform = `translateX(${((share - 1) * 100).toFixed(2)}%)`;
    this.element.setAttribute('aria-valuenow', String(Math.round(share * 100)));
  }
}
