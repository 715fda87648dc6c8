/**
 * One loaded `Mien` for one panel. Each panel has its own, with only the tasks it needs, so that a model that is
 * missing for the voice does not keep the face from being read. It is loaded on first use and kept for the next.
 */

import { loadMien, MienError, type Backend, type LoadProgress, type Mien, type Task } from '../mien';
import { colourLabels, labelsIn } from './label-colours';

type BackendName = Exclude<Backend, 'auto'>;

/** Whether an engine ended with this error, so that nothing but another one will help. */
export function hasEnded(error: unknown): boolean {
  return error instanceof MienError && ['worker-failed', 'backend-lost', 'backend-wrong'].includes(error.code);
}

/** Labels that the page has never met have a colour before the first reading. */
const loadColoured: typeof loadMien = async (options) => {
  const mien = await loadMien(options);
  for (const labels of labelsIn(mien.specs)) colourLabels(document, labels);
  return mien;
};

export class Engine {
  #loading: Promise<Mien> | null = null;
  #listener: (progress: LoadProgress) => void = () => undefined;
  #running: BackendName | null = null;
  /** A graphics processor that was lost once is soon lost again. */
  #lost: readonly BackendName[] = [];
  readonly #wrong = new Set<BackendName>();

  constructor(
    readonly tasks: readonly Task[],
    private readonly loadOne: typeof loadMien = loadColoured,
  ) {}

  /** Loads, or returns what is loaded or loading. After a failure the next call starts afresh. */
  load(onProgress: (progress: LoadProgress) => void): Promise<Mien> {
    this.#listener = onProgress;
    if (this.#loading === null) {
      const exclude = [...new Set([...this.#lost, ...this.#wrong])];
      const loading = this.loadOne({ tasks: [...this.tasks], exclude, onProgress: (progress) => this.#listener(progress) });
      this.#loading = loading;
      loading.then(
        ({ backend }) => { this.#running = backend; },
        (error: unknown) => {
          if (this.#loading === loading) this.#loading = null;
          // Without those that were lost there is none: they may be back by the next attempt. Those that are wrong stay so.
          if (error instanceof MienError && error.code === 'backend-unavailable') this.#lost = [];
        },
      );
    }
    return this.#loading;
  }

  /** Throws the loaded one away, which ended with `error`, so that the next `load` starts afresh and without what is to blame. */
  discard(error: unknown): void {
    const loading = this.#loading;
    this.#loading = null;
    const code = error instanceof MienError ? error.code : null;
    if (code === 'backend-lost') this.#lost = ['webgl', 'webgpu'];
    if (code === 'backend-wrong' && this.#running !== null) this.#wrong.add(this.#running);
    // Whether it can still be disposed of in good order does not matter any more: its worker is gone.
    loading?.then((mien) => mien.dispose()).catch(() => undefined);
  }
}
