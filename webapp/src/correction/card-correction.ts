/** The foot of one card: "Wrong?", then the question, then thanks. */

import { t } from '../i18n/i18n';
import { labelName } from '../session/names';
import { make } from '../ui/dom';
import type { Corrector, Doubt } from './corrector';

export class CardCorrection {
  readonly #ask = make('button', { type: 'button', class: 'btn btn-quiet btn-sm', 'aria-expanded': 'false', 'data-testid': 'wrong' }, t('correction.wrong'));
  readonly #question = make('div', { class: 'correction-question', role: 'group', 'data-testid': 'correction-question', hidden: true });
  readonly #answer = make('div', { class: 'correction-answer', role: 'status', 'data-testid': 'correction-answer' });
  readonly element = make('div', { class: 'correction' }, this.#ask, this.#question, this.#answer);

  /**
   * @param name whose card it is, for screen readers
   * @param doubt the reading as it is now; null where there is none
   */
  constructor(
    private readonly corrector: Corrector,
    name: () => string,
    private readonly doubt: () => Doubt | null,
  ) {
    this.#ask.addEventListener('focus', () => { this.#ask.setAttribute('aria-label', t('correction.wrongOf', { name: name() })); });
    this.#ask.addEventListener('click', () => {
      if (this.#question.hidden) this.#open();
      else this.#close();
    });
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !this.#question.hidden) this.#close();
    });
  }

  /** Whether there is anything that could be wrong; an open question stays. */
  offer(readable: boolean): void {
    this.#ask.disabled = !readable && this.#question.hidden === true;
  }

  #open(): void {
    const doubt = this.doubt();
    if (!doubt) return;
    const words = t('correction.question', { label: labelName(doubt.shown.label) });
    const cancel = make('button', { type: 'button', class: 'btn btn-link btn-sm' }, t('correction.cancel'));
    cancel.addEventListener('click', () => { this.#close(); });
    const buttons = choices(doubt, (label) => { this.#choose(doubt, label); });
    this.#question.setAttribute('aria-label', words);
    this.#question.replaceChildren(make('p', { class: 'mb-2' }, words), make('div', { class: 'button-row' }, ...buttons, cancel));
    this.#question.hidden = false;
    this.#ask.setAttribute('aria-expanded', 'true');
    this.#answer.replaceChildren();
    buttons[0]?.focus({ preventScroll: true });
  }

  #choose(doubt: Doubt, right: string): void {
    const correction = this.corrector.correct(doubt, right);
    this.#close();
    if (!correction) {
      this.#answer.replaceChildren(t('correction.refused'));
      return;
    }
    const undo = make('button', { type: 'button', class: 'btn btn-link btn-sm', 'data-testid': 'correction-undo' }, t('correction.undo'));
    undo.addEventListener('click', () => {
      this.corrector.takeBack(correction.id);
      this.#answer.replaceChildren(t('correction.undone'));
      this.#ask.focus({ preventScroll: true });
    });
    const words = { right: labelName(right), shown: labelName(doubt.shown.label) };
    this.#answer.replaceChildren(t(this.corrector.isOn ? 'correction.thanks' : 'correction.thanksOff', words), ' ', undo);
  }

  #close(): void {
    this.#question.hidden = true;
    this.#question.replaceChildren();
    this.#ask.setAttribute('aria-expanded', 'false');
    this.#ask.focus({ preventScroll: true });
  }
}

/** A button for each label that could be right. */
function choices(doubt: Doubt, onChoice: (label: string) => void): HTMLElement[] {
  return Object.keys(doubt.read.probabilities)
    .filter((label) => label !== doubt.shown.label)
    .map((label) => {
      const choice = make('button', { type: 'button', class: 'btn btn-quiet btn-sm', 'data-testid': `right-${label}`, 'data-emotion': label }, make('span', { class: 'swatch', 'aria-hidden': 'true' }), labelName(label));
      choice.addEventListener('click', () => { onChoice(label); });
      return choice;
    });
}
