/**
 * The introduction: three short steps in a dialog, shown by itself on the first visit only. The browser's own modal
 * dialog keeps the focus inside, closes on Escape and gives the focus back; it asks for no device.
 */

import { t } from '../i18n/i18n';
import { find, setText } from './dom';
import type { Scope } from './scope';
import { readStored, store } from './stored';

const SEEN = 'seen';

export class Guide {
  readonly #steps: readonly HTMLElement[];
  readonly #back: HTMLButtonElement;
  readonly #next: HTMLButtonElement;
  readonly #place: HTMLElement;
  #step = 0;

  constructor(
    scope: Scope,
    private readonly dialog: HTMLDialogElement,
  ) {
    this.#steps = [...dialog.querySelectorAll<HTMLElement>('[data-step]')];
    this.#back = find(dialog, '[data-action="back"]', HTMLButtonElement);
    this.#next = find(dialog, '[data-action="next"]', HTMLButtonElement);
    this.#place = find(dialog, '[data-part="place"]', HTMLElement);
    scope.listen(this.#back, 'click', () => { this.#show(this.#step - 1); });
    scope.listen(this.#next, 'click', () => { this.#forward(); });
    scope.listen(find(dialog, '[data-action="skip"]', HTMLButtonElement), 'click', () => { this.#close(); });
    // Escape. Not "close", which comes a moment after it: a page that is left just then would forget.
    scope.listen(dialog, 'cancel', () => { store('mien.guide', SEEN); });
  }

  /** Opens by itself for somebody who has not seen it. */
  welcome(): void {
    if (readStored('mien.guide') !== SEEN) this.open();
  }

  open(): void {
    if (this.dialog.open) return;
    this.#show(0);
    this.dialog.showModal();
  }

  #forward(): void {
    if (this.#step === this.#steps.length - 1) this.#close();
    else this.#show(this.#step + 1);
  }

  #close(): void {
    store('mien.guide', SEEN);
    this.dialog.close();
  }

  #show(step: number): void {
    this.#step = step;
    const last = step === this.#steps.length - 1;
    for (const [index, element] of this.#steps.entries()) element.hidden = index !== step;
    // "Back" is about to vanish under the focus: hand it on.
    if (step === 0 && document.activeElement === this.#back) this.#next.focus();
    this.#back.hidden = step === 0;
    setText(this.#next, t(last ? 'everywhere.guide.done' : 'everywhere.guide.next'));
    setText(this.#place, t('everywhere.guide.place', { step: step + 1, steps: this.#steps.length }));
    this.dialog.dataset.place = String(step + 1);
  }
}
