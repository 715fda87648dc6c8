/** All that was read from one face: emotion with a bar each, age with its interval, gender with its probability. */

import { t } from '../i18n/i18n';
import { certaintyOf, hindrance, meaning } from '../live/certainty';
import { genderWithheld, MIN_AGE_FOR_GENDER } from '../live/shown';
import type { Face } from '../types';
import { Bars } from './bars';
import { make, setText } from './dom';
import { ageRange, percent, sureness, title, years } from './format';

/** Words that explain are for reading: they change no more often than this. */
const EXPLAIN_EVERY_MS = 2000;

export class FaceCard {
  readonly element: HTMLElement;
  readonly #name = make('h3', { class: 'reading-name' });
  readonly #emotion = make('p', { class: 'reading-main', 'data-testid': 'face-emotion' });
  readonly #emotionWord = make('span', { class: 'reading-word' });
  readonly #emotionShare = make('span', { class: 'reading-share' });
  readonly #age = fact(t('panels.face.age'), 'face-age');
  readonly #gender = fact(t('panels.face.gender'), 'face-gender');
  readonly #bars = new Bars('face', t('panels.bars'));
  readonly #meaning = make('p', { class: 'reading-meaning', 'data-testid': 'face-meaning' });
  readonly #out = make('span', { class: 'reading-out', hidden: true }, t('live.out'));
  #explained = -Infinity;

  constructor() {
    this.#emotion.append(this.#emotionWord, ' ', this.#emotionShare);
    this.element = make(
      'article',
      { class: 'reading', 'data-testid': 'face-card' },
      make('header', { class: 'reading-head' }, make('div', { class: 'reading-title' }, this.#name, this.#out), this.#emotion),
      make('dl', { class: 'facts' }, this.#age.element, this.#gender.element),
      this.#bars.element,
      this.#meaning,
    );
  }

  /** @param now Milliseconds, on a clock that runs forward. */
  show(name: string, face: Face, now: number): void {
    delete this.element.dataset.lost;
    this.#out.hidden = true;
    this.element.dataset.faceId = String(face.id);
    this.element.dataset.score = face.score.toFixed(3);
    setText(this.#name, name);
    this.#showEmotion(face);
    this.#showAge(face);
    this.#showGender(face);
    if (now - this.#explained < EXPLAIN_EVERY_MS) return;
    this.#explained = now;
    setText(this.#meaning, hindrance(face) ?? (face.emotion ? meaning(face.emotion) : ''));
  }

  /** Shows that the face is not seen at the moment. */
  lose(): void {
    this.element.dataset.lost = '';
    this.#out.hidden = false;
  }

  #showEmotion({ emotion }: Face): void {
    this.#emotion.hidden = emotion === undefined;
    this.#bars.element.hidden = emotion === undefined;
    if (!emotion) return;
    const share = emotion.probabilities[emotion.label] ?? 0;
    this.element.dataset.emotion = emotion.label;
    this.element.dataset.certainty = certaintyOf(emotion);
    this.#emotion.dataset.value = emotion.label;
    this.#emotion.dataset.probability = share.toFixed(4);
    setText(this.#emotionWord, title(emotion.label));
    setText(this.#emotionShare, sureness(share, emotion.unsure));
    this.#bars.show(emotion.probabilities, emotion.label);
  }

  #showAge({ age }: Face): void {
    this.#age.element.hidden = age === undefined;
    if (!age) return;
    const { value, note } = this.#age;
    value.dataset.years = age.years.toFixed(2);
    value.dataset.low = age.low.toFixed(2);
    value.dataset.high = age.high.toFixed(2);
    value.dataset.interval = String(age.interval);
    setText(value, years(age));
    setText(note, `${ageRange(age)}, ${t('labels.sure', { share: percent(age.interval) })}`);
  }

  #showGender(face: Face): void {
    const { gender } = face;
    const { element, value, note } = this.#gender;
    const withheld = genderWithheld(face);
    element.hidden = gender === undefined && !withheld;
    if (withheld) {
      delete value.dataset.value;
      delete value.dataset.probability;
      setText(value, '–');
      setText(note, t('gender.withheld', { years: MIN_AGE_FOR_GENDER }));
      return;
    }
    if (!gender) return;
    const share = gender.probabilities[gender.label];
    value.dataset.value = gender.label;
    value.dataset.probability = share.toFixed(4);
    setText(value, title(gender.label));
    setText(note, t('labels.sure', { share: percent(share) }));
  }
}

interface Fact {
  readonly element: HTMLElement;
  readonly value: HTMLElement;
  readonly note: HTMLElement;
}

function fact(name: string, testId: string): Fact {
  const value = make('span', { class: 'fact-value', 'data-testid': testId });
  const note = make('span', { class: 'fact-note', 'data-testid': `${testId}-note` });
  const element = make('div', { class: 'fact' }, make('dt', {}, name), make('dd', {}, value, note));
  return { element, value, note };
}
