/**
 * One loaded `Mien` for one panel. Each panel has its own, with only the tasks it needs, so that a model that is
 * missing for the voice does not keep the face from being read. It is loaded on first use and kept for the next.
 */

import { loadMien, type LoadProgress, type Mien, type Task } from '../mien';

export class Engine {
  #loading: Promise<Mien> | null = null;
  #listener: (progress: LoadProgress) => void = () => undefined;

  constructor(readonly tasks: readonly Task[]) {}

  /** Loads, or returns what is loaded or loading. After a failure the next call starts afresh. */
  load(onProgress: (progress: LoadProgress) => void): Promise<Mien> {
    this.#listener = onProgress;
    if (this.#loading === null) {
      const loading = loadMien({ tasks: [...this.tasks], onProgress: (progress) => this.#listener(progress) });
      this.#loading = loading;
      loading.catch(() => {
        if (this.#loading === loading) this.#loading = null;
      });
    }
    return this.#loading;
  }

  /** Throws the loaded one away (its worker failed), so that the next `load` starts afresh. */
  discard(): void {
    const loading = this.#loading;
    this.#loading = null;
    // Whether it can still be disposed of in good order does not matter any more: its worker is gone.
    loading?.then((mien) => mien.dispose()).catch(() => undefined);
  }
}
