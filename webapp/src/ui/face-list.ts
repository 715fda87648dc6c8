/** Keeps one box and one card per face, and gives faces names that stay with them. */

import { onStage, type Size } from '../camera/geometry';
import { t } from '../i18n/i18n';
import type { Face } from '../types';
import { FaceBox } from './face-box';
import { FaceCard } from './face-card';

/** A face that is not seen for a moment keeps its card: as long as the tracker would know it again. */
const KEEP_MS = 2000;

/** What was seen for less than this was hardly a face, and leaves at once. */
const SETTLED_MS = 500;

interface Entry {
  readonly number: number;
  readonly box: FaceBox;
  readonly card: FaceCard;
  readonly since: number;
  seen: number;
}

export class FaceList {
  readonly #entries = new Map<number, Entry>();
  #redraw: () => void = () => undefined;
  #mirrored = true;

  constructor(
    private readonly overlay: HTMLElement,
    private readonly cards: HTMLElement,
  ) {}

  set mirrored(mirrored: boolean) {
    this.#mirrored = mirrored;
    this.#redraw();
  }

  /** Shows exactly these faces, and fades those that were there a moment ago. */
  show(faces: readonly Face[], picture: Size, stage: Size, now = performance.now()): void {
    this.#redraw = () => { this.#place(faces, picture, stage); };
    const present = new Set(faces.map((face) => face.id));
    for (const [id, entry] of [...this.#entries]) {
      if (!present.has(id)) this.#lose(id, entry, now);
    }
    for (const face of faces) {
      const entry = this.#entries.get(face.id) ?? this.#add(face.id, now);
      entry.seen = now;
      entry.card.show(nameOf(entry), face, now);
    }
    this.#place(faces, picture, stage);
    this.overlay.dataset.faces = String(faces.length);
  }

  clear(): void {
    for (const id of [...this.#entries.keys()]) this.#remove(id);
    this.#redraw = () => undefined;
    delete this.overlay.dataset.faces;
  }

  #place(faces: readonly Face[], picture: Size, stage: Size): void {
    for (const face of faces) {
      const entry = this.#entries.get(face.id);
      entry?.box.show(nameOf(entry), face, onStage(face.box, picture, stage, this.#mirrored), stage, faces.length);
    }
  }

  #add(id: number, now: number): Entry {
    const number = this.#freeNumber();
    const entry = { number, box: new FaceBox(number), card: new FaceCard(), since: now, seen: now };
    this.#entries.set(id, entry);
    this.overlay.append(entry.box.element);
    this.cards.append(entry.card.element);
    return entry;
  }

  #lose(id: number, { box, card, since, seen }: Entry, now: number): void {
    if (now - seen > KEEP_MS || seen - since < SETTLED_MS) {
      this.#remove(id);
      return;
    }
    box.lose();
    card.lose();
  }

  #remove(id: number): void {
    const entry = this.#entries.get(id);
    entry?.box.element.remove();
    entry?.card.element.remove();
    this.#entries.delete(id);
  }

  /** Identities grow for as long as the page is open; people are counted from 1. */
  #freeNumber(): number {
    const taken = new Set([...this.#entries.values()].map((entry) => entry.number));
    let number = 1;
    while (taken.has(number)) number += 1;
    return number;
  }
}

function nameOf({ number }: Entry): string {
  return t('panels.face.name', { number });
}
