/** All that was read from one face: emotion with a bar each, age with its interval, gender with its probability. */

import { t } from '../i18n/i18n';
import { genderWithheld, MIN_AGE_FOR_GENDER } from '../live/shown';
import type { Face } from '../types';
import { Bars } from './bars';
import { make, setText } from './dom';
import { ageRange, percent, sureness, title, years } from './format';

export class FaceCard {
  readonly element: HTMLElement;
  readonly #name = make('h3', { class: 'reading-name' });
  readonly #emotion = make('p', { class: 'reading-main', 'data-testid': 'face-emotion' });
  readonly #emotionWord = make('span', { class: 'reading-word' });
  readonly #emotionShare = make('span', { class: 'reading-share' });
  readonly #age = fact(t('panels.face.age'), 'face-age');
  readonly #gender = fact(t('panels.face.gender'), 'face-gender');
  readonly #bars = new Bars('face', t('panels.bars'));

  constructor() {
    this.#emotion.append(this.#emotionWord, ' ', this.#emotionShare);
    this.element = make(
      'article',
      { class: 'reading', 'data-testid': 'face-card' },
      make('header', { class: 'reading-head' }, this.#name, this.#emotion),
      make('dl', { class: 'facts' }, this.#age.element, this.#gender.element),
      this.#bars.element,
    );
  }

  show(name: string, face: Face): void {
    this.element.dataset.faceId = String(face.id);
    this.element.dataset.score = face.score.toFixed(3);
    setText(this.#name, name);
    this.#showEmotion(face);
    this.#showAge(face);
    this.#showGender(face);
  }

  #showEmotion({ emotion }: Face): void {
    this.#emotion.hidden = emotion === undefined;
    this.#bars.element.hidden = emotion === undefined;
    if (!emotion) return;
    const share = emotion.probabilities[emotion.label] ?? 0;
    this.element.dataset.emotion = emotion.label;
    this.#emotion.dataset.value = emotion.label;
    this.#emotion.dataset.probability = share.toFixed(4);
    setText(this.#emotionWord, title(emotion.label));
    setText(this.#emotionShare, sureness(share));
    this.#bars.show(emotion.probabilities);
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
