/** The visitor's consent to keep sessions on this device, off until given. */

import { language, t } from '../../i18n/i18n';
import { make, setText } from '../../ui/dom';
import type { Keeper, KeepState } from '../keeper';
import { box, toggle } from './parts';

const WORDS = {
  off: 'keep.state.off',
  on: 'keep.state.on',
  elsewhere: 'keep.state.elsewhere',
  full: 'keep.state.full',
  unavailable: 'keep.state.unavailable',
  unreadable: 'keep.state.unreadable',
} as const satisfies Record<KeepState, string>;

export class KeepView {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #state = make('p', { class: 'soft mb-0', 'data-testid': 'keep-state' });
  /** Failures are told at once; the time of the last save is not. */
  readonly #alert = make('p', { class: 'status-problem mb-0', role: 'alert', 'data-testid': 'keep-problem' });
  readonly #time = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });

  constructor(private readonly keeper: Keeper) {
    const { element, input } = toggle(t('keep.switch'), 'keep-switch', (on) => {
      void (on ? keeper.switchOn() : keeper.switchOff());
    });
    this.#input = input;
    this.element = box(t('keep.title'), 'keep', make('p', { class: 'soft' }, t('keep.explain')), element, this.#state, this.#alert);
    this.show();
  }

  /** Shows the keeper's state. */
  show(): void {
    const { state, savedAt } = this.keeper;
    // Wanted and on its way, or there but broken: on. Not to be had at all: off.
    this.#input.checked = state === 'on' || state === 'full' || state === 'unreadable';
    const saved = state === 'on' && savedAt !== null;
    const text = saved ? t('keep.state.saved', { time: this.#time.format(savedAt) }) : t(WORDS[state]);
    const fine = state === 'on' || state === 'off';
    this.element.dataset.state = state;
    this.element.dataset.saved = savedAt === null ? '' : String(savedAt);
    setText(this.#state, fine ? text : '');
    setText(this.#alert, fine ? '' : text);
  }
}
