/**
 * Speaks to screen readers without chattering: at most one message every few seconds, only when the words change,
 * and of several that wait only the newest.
 */

import { setText } from './dom';
import type { Scope } from './scope';

const QUIET_MS = 6000;

export class Announcer {
  #lastSpoken = -Infinity;
  #waiting: string | null = null;

  /** `region` is an element with `aria-live="polite"` that is there from the start, as screen readers ask. */
  constructor(private readonly region: HTMLElement) {}

  /** Says `text` now or, after another message, once the quiet time is over. */
  say(text: string, scope: Scope): void {
    if (this.#waiting !== null) {
      this.#waiting = text;
      return;
    }
    const wait = this.#lastSpoken + QUIET_MS - performance.now();
    if (wait <= 0) {
      this.#speak(text);
      return;
    }
    this.#waiting = text;
    const forget = scope.add(() => (this.#waiting = null));
    scope.timeout(() => {
      const newest = this.#waiting;
      forget();
      if (newest !== null) this.#speak(newest);
    }, wait);
  }

  #speak(text: string): void {
    if (this.region.textContent === text) return;
    this.#lastSpoken = performance.now();
    setText(this.region, text);
  }
}
