/** The outline of the last seconds of a signal: one lowest and one highest value per step, for drawing. */
export class Envelope {
  readonly highs: Float32Array<ArrayBuffer>;
  readonly lows: Float32Array<ArrayBuffer>;
  #high = 0;
  #low = 0;
  #count = 0;

  /**
   * @param steps how many steps are kept
   * @param samplesPerStep how many samples one step stands for
   */
  constructor(
    steps: number,
    private readonly samplesPerStep: number,
  ) {
    this.highs = new Float32Array(steps);
    this.lows = new Float32Array(steps);
  }

  /** Takes samples in; finished steps enter at the right and the oldest leave at the left. */
  push(samples: Float32Array): void {
    for (const sample of samples) {
      if (sample > this.#high) this.#high = sample;
      if (sample < this.#low) this.#low = sample;
      this.#count += 1;
      if (this.#count >= this.samplesPerStep) this.#finishStep();
    }
  }

  #finishStep(): void {
    const last = this.highs.length - 1;
    this.highs.copyWithin(0, 1);
    this.lows.copyWithin(0, 1);
    this.highs[last] = this.#high;
    this.lows[last] = this.#low;
    this.#high = 0;
    this.#low = 0;
    this.#count = 0;
  }
}
