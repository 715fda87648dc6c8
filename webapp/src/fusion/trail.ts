import type { Affect } from './affect';

/** How far back the trail reaches. */
export const TRAIL_SECONDS = 20;

/** Points closer in time than this are one. */
const STEP_SECONDS = 0.25;

export interface TrailPoint extends Affect {
  /** Seconds. */
  time: number;
}

/** The way of the reading over the last seconds, at most four points a second. */
export class Trail {
  #points: TrailPoint[] = [];

  get points(): readonly TrailPoint[] {
    return this.#points;
  }

  /** @param time Seconds, on a clock that runs forward. */
  push({ valence, arousal }: Affect, time: number): void {
    this.forget(time);
    const [before, newest] = this.#points.slice(-2);
    // The newest point follows the reading; it stays where it is once it is a step away from the one before.
    if (before && newest && newest.time - before.time < STEP_SECONDS) this.#points.pop();
    this.#points.push({ valence, arousal, time });
  }

  /** Drops what is older than the trail. */
  forget(now: number): void {
    this.#points = this.#points.filter((point) => now - point.time <= TRAIL_SECONDS);
  }

  clear(): void {
    this.#points = [];
  }
}
