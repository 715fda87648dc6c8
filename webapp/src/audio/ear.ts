/** The voice stream of a panel: which one listens now, and when another takes its place. */
import type { Mien } from '../types';
import type { Scope } from '../ui/scope';
import type { LiveVoice } from './live_voice';

export class Ear {
  #live: LiveVoice | null = null;
  #mien: Mien | null;

  /**
   * @param scope with its end nobody listens any more
   * @param mien may be exchanged later by `take`
   * @param listen opens a stream that knows nothing of what was before it
   */
  constructor(
    scope: Scope,
    mien: Mien,
    private readonly listen: (mien: Mien) => LiveVoice,
  ) {
    this.#mien = mien;
    scope.add(() => { this.#live?.end(); });
  }

  push(samples: Float32Array): void {
    if (!this.#mien) return;
    this.#live ??= this.listen(this.#mien);
    this.#live.push(samples);
  }

  /** Forgets what was heard so far. */
  again(): void {
    this.#live?.end();
    this.#live = null;
  }

  /** The engine has ended: nothing is heard until `take`. */
  lose(): void {
    this.again();
    this.#mien = null;
  }

  /** Goes on with another engine. */
  take(mien: Mien): void {
    this.again();
    this.#mien = mien;
  }
}
