/**
 * Which of several classes is named, so that the word on the screen does not flicker. The rule:
 * a class takes the place of the one that is named once its probability has been higher by at least `MARGIN` for
 * `HOLD_SECONDS` on end. Every change within the last `MEMORY_SECONDS` adds `RELUCTANCE` to that: where two classes are
 * nearly as probable the word stays, and the bars tell how close it is. A class that leads by `CLEAR` needs `QUICK_SECONDS` only, so a
 * real smile is named at once.
 */
import { indexOfLargest } from '../contract/readings';

/** Probability by which a newcomer must lead. */
const MARGIN = 0.1;

/** How long it must lead without a break. */
const HOLD_SECONDS = 0.8;

/** A lead that needs no such patience. */
const CLEAR = 0.5;
const QUICK_SECONDS = 0.25;

/** How much a change makes the next one harder, and for how long. */
const RELUCTANCE = 0.15;
const MEMORY_SECONDS = 60;

export class SteadyLabel {
  private shown = -1;
  private rival = -1;
  private leadSince = 0;
  private clearSince = Infinity;
  private changes: number[] = [];

  /**
   * @param probabilities Smoothed, by class.
   * @param now Seconds, on a clock that runs forward.
   * @returns The index of the class to be named.
   */
  update(probabilities: ArrayLike<number>, now: number): number {
    const top = indexOfLargest(probabilities);
    if (this.shown < 0 || this.shown >= probabilities.length) {
      this.shown = top;
      return top;
    }
    this.changes = this.changes.filter((time) => now - time < MEMORY_SECONDS);
    const lead = probabilities[top]! - probabilities[this.shown]!;
    if (top === this.shown || lead < Math.min(CLEAR, MARGIN + RELUCTANCE * this.changes.length)) {
      this.rival = -1;
      return this.shown;
    }
    if (top !== this.rival) {
      this.rival = top;
      this.leadSince = now;
      this.clearSince = Infinity;
    }
    this.clearSince = lead >= CLEAR ? Math.min(this.clearSince, now) : Infinity;
    if (now - this.leadSince >= HOLD_SECONDS || now - this.clearSince >= QUICK_SECONDS) {
      this.shown = top;
      this.rival = -1;
      this.changes.push(now);
    }
    return this.shown;
  }
}

