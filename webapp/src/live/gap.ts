/**
 * Notices that readings were interrupted: the machine slept, the tab was out of sight, the browser held the page back. It
 * goes by the wall clock, since the page's own stands still while the machine sleeps.
 */
export class GapWatch {
  #last: number | null = null;

  /** @param limitMs from one call to the next; more is a gap */
  constructor(
    private readonly limitMs: number,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** Whether there was a gap since the last call. To be called for each reading. */
  passed(): boolean {
    const now = this.now();
    const gap = this.#last !== null && now - this.#last > this.limitMs;
    this.#last = now;
    return gap;
  }

  /** What comes next is no gap, whenever it comes. */
  reset(): void {
    this.#last = null;
  }
}
