/** Ids of faces that last longer than one engine: a worker that was started anew counts its faces from 0 again. */
import type { Face, Mien } from '../types';

export class FaceIds {
  #mien: Mien | null = null;
  /** Added to the ids of this engine. */
  #offset = 0;
  /** The first id that nobody has had yet. */
  #next = 0;
  /** In view at last. */
  #seen: readonly number[] = [];
  /** Ids of this engine that are somebody's from before. */
  #same = new Map<number, number>();

  /**
   * The faces with ids that were never given to anybody else. Where one face was in view when the engine was lost, and one
   * is in the first picture that the next one reads, it is the same.
   */
  name(mien: Mien, faces: readonly Face[]): Face[] {
    if (mien !== this.#mien) {
      this.#mien = mien;
      this.#offset = this.#next;
      const [before] = this.#seen;
      const alone = this.#seen.length === 1 && faces.length === 1;
      this.#same = new Map(alone && before !== undefined ? [[faces[0]!.id, before]] : []);
    }
    const named = faces.map((face) => ({ ...face, id: this.#same.get(face.id) ?? face.id + this.#offset }));
    this.#seen = named.map(({ id }) => id);
    this.#next = Math.max(this.#next, ...this.#seen.map((id) => id + 1));
    return named;
  }
}
