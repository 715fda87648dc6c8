/** Keeps one box and one card per face, and gives faces names that stay with them. */

import { onMirroredStage, type Size } from '../camera/geometry';
import { t } from '../i18n/i18n';
import type { Face } from '../types';
import { FaceBox } from './face-box';
import { FaceCard } from './face-card';

interface Entry {
  readonly number: number;
  readonly box: FaceBox;
  readonly card: FaceCard;
}

export class FaceList {
  readonly #entries = new Map<number, Entry>();

  constructor(
    private readonly overlay: HTMLElement,
    private readonly cards: HTMLElement,
  ) {}

  /** Shows exactly these faces. */
  show(faces: readonly Face[], picture: Size, stage: Size): void {
    const present = new Set(faces.map((face) => face.id));
    for (const id of [...this.#entries.keys()]) {
      if (!present.has(id)) this.#remove(id);
    }
    for (const face of faces) {
      const entry = this.#entries.get(face.id) ?? this.#add(face.id);
      const name = t('panels.face.name', { number: entry.number });
      entry.card.show(name, face);
      entry.box.show(name, face, onMirroredStage(face.box, picture, stage), stage);
    }
    this.overlay.dataset.faces = String(faces.length);
  }

  clear(): void {
    for (const id of [...this.#entries.keys()]) this.#remove(id);
    delete this.overlay.dataset.faces;
  }

  #add(id: number): Entry {
    const entry = { number: this.#freeNumber(), box: new FaceBox(), card: new FaceCard() };
    this.#entries.set(id, entry);
    this.overlay.append(entry.box.element);
    this.cards.append(entry.card.element);
    return entry;
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
