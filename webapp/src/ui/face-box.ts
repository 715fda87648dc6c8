/** A ring around one face on the stage, with its reading beside it. */

import type { Size } from '../camera/geometry';
import { certaintyOf } from '../live/certainty';
import type { Box, Face } from '../types';
import { make, setText } from './dom';
import { ageRange, percent, sureness, title, word, years } from './format';
import { MoodRing } from './mood-ring';

/** How far the ring reaches beyond the box, as a share of the box (the style sheet says the same). */
const RING = 0.16;

/** Room that two lines of text need, in CSS pixels. */
const CAPTION_HEIGHT = 62;

/** A stage with less room than this for each face, in CSS pixels across, has captions of one line. */
const CAPTION_ROOM = 330;

/** Half of the width of a caption of one line. */
const HALF_LINE = 70;

export class FaceBox {
  readonly element: HTMLElement;
  readonly #ring = new MoodRing();
  readonly #number = make('span', { class: 'face-box-number' });
  readonly #emotion = make('span', { class: 'face-box-emotion' });
  readonly #person = make('span', { class: 'face-box-person' });

  constructor(number: number) {
    setText(this.#number, String(number));
    // The card beside the stage says the same in order; the rings are for the eyes only.
    this.element = make(
      'div',
      { class: 'face-box', 'data-testid': 'face-box', 'aria-hidden': 'true' },
      this.#ring.element,
      make('div', { class: 'face-box-caption' }, make('span', { class: 'face-box-head' }, this.#number, this.#emotion), this.#person),
    );
  }

  /**
   * Places the box (`box` in CSS pixels of the stage) and writes the reading.
   *
   * @param crowd how many faces share the stage: where there is little room, the card alone tells age and gender
   */
  show(name: string, face: Face, box: Box, stage: Size, crowd: number): void {
    const { style, dataset } = this.element;
    style.transform = `translate(${box.x.toFixed(1)}px, ${box.y.toFixed(1)}px)`;
    style.width = `${box.width.toFixed(1)}px`;
    style.height = `${box.height.toFixed(1)}px`;
    delete dataset.lost;
    dataset.faceId = String(face.id);
    for (const side of ['x', 'y', 'width', 'height'] as const) dataset[side] = face.box[side].toFixed(1);
    const { emotion } = face;
    dataset.emotion = emotion?.label ?? '';
    dataset.certainty = emotion ? certaintyOf(emotion) : '';
    if (emotion) this.#ring.show(emotion.probabilities);
    setText(this.#emotion, emotion ? `${title(emotion.label)} ${sureness(emotion.probabilities[emotion.label] ?? 0, emotion.unsure)}` : name);
    setText(this.#person, person(face));
    this.#person.hidden = crowd > 1 && stage.width < CAPTION_ROOM * crowd;
    this.#placeCaption(box, stage);
  }

  /** Fades it out: the face is not seen at the moment. */
  lose(): void {
    this.element.dataset.lost = '';
  }

  /**
   * Above the ring, or else below it, or else within; beginning or ending with the box, so that it stays on the stage. One
   * line stands over the middle of the box, where it leaves the neighbours theirs.
   */
  #placeCaption(box: Box, stage: Size): void {
    const above = box.y - RING * box.height >= CAPTION_HEIGHT;
    const below = box.y + (1 + RING) * box.height + CAPTION_HEIGHT <= stage.height;
    this.element.dataset.caption = above ? 'above' : below ? 'below' : 'inside';
    const middle = box.x + box.width / 2;
    const fits = middle >= HALF_LINE && middle <= stage.width - HALF_LINE;
    this.element.dataset.align = this.#person.hidden && fits ? 'middle' : middle < stage.width / 2 ? 'start' : 'end';
  }
}

function person(face: Face): string {
  const parts: string[] = [];
  if (face.age) parts.push(`${years(face.age)} (${ageRange(face.age)})`);
  if (face.gender) parts.push(`${word(face.gender.label)} ${percent(face.gender.probabilities[face.gender.label])}`);
  return parts.join(' · ');
}
