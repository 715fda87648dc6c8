/** What the page shows of a voice: whether anybody speaks, the emotion as a word, a bar for each, and the pace. */

import { t } from '../i18n/i18n';
import { certaintyOf } from '../live/certainty';
import type { Categorical } from '../types';
import { Bars } from './bars';
import { find, setText } from './dom';
import { decimal, milliseconds, percent, sureness, title, word } from './format';

export type Status = 'off' | 'collecting' | 'muted' | 'silent' | 'speaking';

export const STATUS: Readonly<Record<Status, string>> = {
  off: t('panels.voice.off'),
  collecting: t('panels.voice.collecting'),
  muted: t('panels.voice.muted'),
  silent: t('panels.voice.silent'),
  speaking: t('panels.voice.speaking'),
};

export class VoiceView {
  readonly #status: HTMLElement;
  readonly #emotion: HTMLElement;
  readonly #word: HTMLElement;
  readonly #share: HTMLElement;
  readonly #card: HTMLElement;
  readonly #pace: HTMLElement;
  readonly #bars = new Bars('voice', t('panels.bars'));
  #now: Status = 'off';

  constructor(root: HTMLElement) {
    this.#status = find(root, '[data-part="status"]', HTMLElement);
    this.#emotion = find(root, '[data-part="emotion"]', HTMLElement);
    this.#word = find(this.#emotion, '.reading-word', HTMLElement);
    this.#share = find(this.#emotion, '.reading-share', HTMLElement);
    this.#card = find(root, '[data-part="card"]', HTMLElement);
    this.#pace = find(root, '[data-part="pace"]', HTMLElement);
    find(root, '[data-part="bars"]', HTMLElement).append(this.#bars.element);
  }

  /** An empty bar for each label. */
  prepare(labels: readonly string[]): void {
    this.#bars.prepare(labels);
  }

  get status(): Status {
    return this.#now;
  }

  set status(status: Status) {
    this.#now = status;
    this.#status.dataset.status = status;
    setText(this.#status, STATUS[status]);
  }

  /** A reading of the voice up to `heardUntil`, seconds of the stream. */
  show(emotion: Categorical, heardUntil: number): void {
    const { label, probabilities, unsure } = emotion;
    const share = probabilities[label] ?? 0;
    this.#card.dataset.emotion = unsure ? '' : label;
    this.#card.dataset.certainty = certaintyOf(emotion);
    this.#card.dataset.heardUntil = heardUntil.toFixed(3);
    this.#emotion.dataset.value = label;
    this.#emotion.dataset.unsure = String(unsure ?? false);
    this.#emotion.dataset.probability = share.toFixed(4);
    setText(this.#word, unsure ? t('unsure.word') : title(label));
    setText(this.#share, unsure ? t('unsure.maybe', { label: word(label), share: percent(share) }) : unsure === undefined ? sureness(share) : percent(share));
    this.#bars.show(probabilities, label);
  }

  showPace(ms: number, sampleRate: number): void {
    this.#pace.dataset.latencyMs = ms.toFixed(1);
    setText(this.#pace, `${decimal(sampleRate / 1000, 1)}\u202fkHz · ${milliseconds(ms)}`);
  }

  /** No reading any more, and why. */
  nothing(status: Status): void {
    this.status = status;
    delete this.#card.dataset.emotion;
    delete this.#card.dataset.certainty;
    delete this.#card.dataset.heardUntil;
    this.#emotion.dataset.value = '';
    this.#emotion.dataset.unsure = 'false';
    this.#emotion.dataset.probability = '';
    setText(this.#word, '–');
    setText(this.#share, '');
    this.#bars.show(null);
  }

  off(): void {
    this.nothing('off');
    setText(this.#pace, '');
  }
}
