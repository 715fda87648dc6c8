/** The button that records, and a line on how it goes. */

import { t } from '../../i18n/i18n';
import { make, setText } from '../../ui/dom';
import type { Scope } from '../../ui/scope';
import { MAX_SAMPLES, MAX_SUBJECTS } from '../limits';
import type { Recorder } from '../recorder';
import type { Session } from '../session';
import { clock } from '../time';

/** Without a sample for so long the devices are taken to be off. */
const QUIET_MS = 3000;

export class RecordControl {
  readonly element: HTMLElement;
  readonly #button = make('button', { type: 'button', class: 'btn btn-mien record-button', 'data-testid': 'record' });
  readonly #state = make('p', { class: 'record-state', 'data-testid': 'record-state' });

  constructor(
    scope: Scope,
    private readonly session: Session,
    private readonly recorder: Recorder,
  ) {
    this.#button.addEventListener('click', () => {
      if (recorder.isOn) recorder.stop();
      else recorder.start();
    });
    this.element = make('div', { class: 'record' }, this.#button, this.#state);
    scope.interval(() => { this.show(); }, 1000);
    session.onChange(scope, () => { this.show(); });
    this.show();
  }

  show(): void {
    const { state, isOn } = this.recorder;
    this.element.dataset.state = state;
    this.#button.classList.toggle('is-recording', isOn);
    setText(this.#button, t(isOn ? 'session.stop' : this.session.isEmpty ? 'session.record' : 'session.recordMore'));
    setText(this.#state, this.#words());
  }

  #words(): string {
    const length = clock(this.session.durationMs);
    switch (this.recorder.state) {
      case 'off':
        return this.session.sampleCount === 0 ? t('session.state.off') : t('session.state.paused', { length });
      case 'full':
        return t('session.state.full', { max: MAX_SAMPLES });
      case 'crowded':
        return t('session.state.crowded', { length, max: MAX_SUBJECTS });
      case 'on':
        return Date.now() - this.recorder.takenAt > QUIET_MS ? t('session.state.waiting') : t('session.state.on', { length });
    }
  }
}
