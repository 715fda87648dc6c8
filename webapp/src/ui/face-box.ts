/** A frame around one face on the stage, with its reading beside it. */

import type { Size } from '../camera/geometry';
import type { Box, Face } from '../types';
import { make, setText } from './dom';
import { ageRange, percent, title, word, years } from './format';

/** Room for two lines of text above a box, in CSS pixels; without it they go inside. */
const CAPTION_HEIGHT = 54;

export class FaceBox {
  readonly element: HTMLElement;
  readonly #emotion = make('span', { class: 'face-box-emotion' });
  readonly #person = make('span', { class: 'face-box-person' });
  readonly #caption = make('div', { class: 'face-box-caption' }, this.#emotion, this.#person);

  constructor() {
    // The card beside the stage says the same in order; the boxes are for the eyes only.
    this.element = make('div', { class: 'face-box', 'data-testid': 'face-box', 'aria-hidden': 'true' }, this.#caption);
  }

  /** Places the box (`box` in CSS pixels of the stage) and writes the reading. */
  show(name: string, face: Face, box: Box, stage: Size): void {
    const style = this.element.style;
    style.transform = `translate(${box.x.toFixed(1)}px, ${box.y.toFixed(1)}px)`;
    style.width = `${box.width.toFixed(1)}px`;
    style.height = `${box.height.toFixed(1)}px`;
    this.element.dataset.emotion = face.emotion?.label ?? '';
    for (const side of ['x', 'y', 'width', 'height'] as const) this.element.dataset[side] = face.box[side].toFixed(1);
    const { emotion } = face;
    setText(
      this.#emotion,
      emotion ? `${title(emotion.label)} ${percent(emotion.probabilities[emotion.label] ?? 0)}` : name,
    );
    setText(this.#person, person(face));
    // Last, for it measures: a box that is new must have its colour by then, or it would fade in from nothing.
    this.#placeCaption(box, stage);
  }

  #placeCaption(box: Box, stage: Size): void {
    this.element.classList.toggle('caption-inside', box.y < CAPTION_HEIGHT);
    // A caption is wider than a small box: keep it on the stage at both sides.
    const width = this.#caption.offsetWidth;
    const left = Math.min(Math.max(0, box.x), Math.max(0, stage.width - width)) - box.x;
    this.#caption.style.transform = `translateX(${left.toFixed(1)}px)`;
  }
}

function person(face: Face): string {
  const parts: string[] = [];
  if (face.age) parts.push(`${years(face.age)} (${ageRange(face.age)})`);
  if (face.gender) parts.push(`${word(face.gender.label)} ${percent(face.gender.probabilities[face.gender.label])}`);
  return parts.join(' · ');
}
