/** Runs something on every backend, one after another, each in a worker of its own that ends with it. */
import { loadMien, MienError, type Mien } from '../mien';
import type { Scope } from '../ui/scope';

export const BACKENDS = ['wasm', 'webgl', 'webgpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

export type Outcome<Result> =
  | { backend: BackendName; kind: 'done'; result: Result }
  /** This device or browser does not have it. */
  | { backend: BackendName; kind: 'unavailable' | 'failed'; why: string };

export interface Watch<Result> {
  /** Called as things go on; `share` of the whole, 0..1. */
  progress: (backend: BackendName, phase: 'loading' | 'working', share: number) => void;
  outcome: (outcome: Outcome<Result>) => void;
}

/** Share of the time that loading takes of a backend's turn. */
const LOADING_SHARE = 0.5;

/** Resolves when all are done; rejects with AbortError when the scope ends before. A backend that fails stops no other. */
export async function onEachBackend<Result>(scope: Scope, work: (mien: Mien) => Promise<Result>, watch: Watch<Result>): Promise<void> {
  for (const [index, backend] of BACKENDS.entries()) {
    scope.signal.throwIfAborted();
    const share = (part: number): number => (index + part) / BACKENDS.length;
    const turn = scope.child();
    try {
      watch.progress(backend, 'loading', share(0));
      const mien = await loadMien({
        backend,
        signal: turn.signal,
        onProgress: ({ loadedBytes, totalBytes }) => {
          if (!turn.disposed()) watch.progress(backend, 'loading', share((LOADING_SHARE * loadedBytes) / Math.max(1, totalBytes)));
        },
      });
      turn.add(() => void mien.dispose());
      scope.signal.throwIfAborted();
      watch.progress(backend, 'working', share(LOADING_SHARE));
      watch.outcome({ backend, kind: 'done', result: await work(mien) });
    } catch (error) {
      scope.signal.throwIfAborted();
      const kind = error instanceof MienError && error.code === 'backend-unavailable' ? 'unavailable' : 'failed';
      watch.outcome({ backend, kind, why: explain(error) });
    } finally {
      turn.dispose();
    }
  }
}

function explain(error: unknown): string {
  if (error instanceof MienError) return `${error.message}. ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
