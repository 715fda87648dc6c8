/** "Wrong?" on the cards of the live views: a question, an answer, and a way back. */

import { t } from '../i18n/i18n';
import type { LiveReadings } from '../live/readings';
import type { Scope } from '../ui/scope';
import type { Corrector, Doubt } from './corrector';
import { CardCorrection } from './card-correction';

/** A face's card tells whose it is by `data-face-id`; panels make and remove the cards as faces come and go. */
const FACE_CARD = 'article[data-face-id]';

export class CorrectionMenu {
  readonly #menus = new WeakMap<Element, CardCorrection>();

  constructor(
    scope: Scope,
    private readonly corrector: Corrector,
    readings: LiveReadings,
    facePanel: HTMLElement,
    voicePanel: HTMLElement,
  ) {
    // Readings are published after the cards were shown.
    readings.onFaces(scope, () => {
      for (const card of facePanel.querySelectorAll<HTMLElement>(FACE_CARD)) this.#attach(card, () => nameOf(card), () => corrector.doubtFace(Number(card.dataset.faceId), Date.now()));
    });
    readings.onVoice(scope, ({ voice }) => {
      if (voice.emotion === null) corrector.fallSilent();
      const card = voicePanel.querySelector<HTMLElement>('[data-part="card"]');
      if (!card) return;
      this.#attach(card, () => t('correction.voice'), () => corrector.doubtVoice(Date.now()));
      this.#menus.get(card)?.offer(voice.emotion !== null);
    });
  }

  #attach(card: HTMLElement, name: () => string, doubt: () => Doubt | null): void {
    if (this.#menus.has(card)) return;
    const menu = new CardCorrection(this.corrector, name, doubt);
    this.#menus.set(card, menu);
    card.append(menu.element);
  }
}

function nameOf(card: HTMLElement): string {
  return card.querySelector('.reading-name')?.textContent ?? '';
}
