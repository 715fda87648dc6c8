/** Steadies the probabilities of a voice over consecutive windows that have speech in them. */
export class Smoother {
  #mean: Record<string, number> | null = null;

  /** @param share how much the newest window counts, in (0, 1] */
  constructor(private readonly share: number) {}

  /** Takes a window's probabilities in and returns the smoothed ones; both sum to 1. */
  push(probabilities: Readonly<Record<string, number>>): Record<string, number> {
    const old = this.#mean;
    const mixed: Record<string, number> = {};
    for (const [label, value] of Object.entries(probabilities)) {
      const before = old?.[label] ?? value;
      mixed[label] = before + this.share * (value - before);
    }
    this.#mean = mixed;
    return mixed;
  }

  /** Forgets what was: the next window starts anew, because somebody else may be speaking. */
  reset(): void {
    this.#mean = null;
  }
}
