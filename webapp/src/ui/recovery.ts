/** Starts an engine again that ended while it ran, a few times, so that the panel can go on. */
import { t } from '../i18n/i18n';
import { MienError, type LoadProgress, type Mien } from '../mien';
import { hasEnded, type Engine } from './engine';
import type { Scope } from './scope';

/** Before each attempt; what fails more often is not helped by trying again. */
const PAUSES_MS = [300, 1500, 4000];

/** Failures that lie so far back do not count any more: it ran well in between. */
const FORGET_MS = 5 * 60_000;

export class Recovery {
  #failures: number[] = [];

  constructor(
    private readonly engine: Pick<Engine, 'load' | 'discard'>,
    private readonly pauses: readonly number[] = PAUSES_MS,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Throws the engine away, which ended with `error`, and loads another.
   * @throws the error where no other engine would help, or too many have ended by now
   */
  async renew(scope: Scope, error: unknown, onProgress: (progress: LoadProgress) => void): Promise<Mien> {
    let reason = error;
    for (;;) {
      this.engine.discard(reason);
      const pause = this.#nextPause();
      if (!hasEnded(reason) || pause === undefined || scope.disposed()) throw reason;
      await new Promise<void>((resolve) => {
        const waiting = scope.child();
        waiting.add(resolve);
        waiting.timeout(() => { waiting.dispose(); }, pause);
      });
      if (scope.disposed()) throw reason;
      try {
        return await this.engine.load(onProgress);
      } catch (failed) {
        reason = failed;
      }
    }
  }

  #nextPause(): number | undefined {
    const now = this.now();
    this.#failures = [...this.#failures.filter((time) => now - time < FORGET_MS), now];
    return this.pauses[this.#failures.length - 1];
  }
}

/** What the visitor is told once the engine that ended with `error` has been replaced. */
export function renewedText(error: unknown): string {
  const code = error instanceof MienError ? error.code : '';
  return t(code === 'backend-lost' ? 'recovery.restartedElsewhere' : code === 'backend-wrong' ? 'recovery.restartedRight' : 'recovery.restarted');
}
