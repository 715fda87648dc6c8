/** The last so many samples of an endless signal. */
export class SampleRing {
  readonly #samples: Float32Array;
  #next = 0;
  #filled = 0;

  /** @param capacity how many samples are kept */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`A ring needs a whole capacity, not ${capacity}`);
    this.#samples = new Float32Array(capacity);
  }

  /** How many samples are there: at most the capacity. */
  get length(): number {
    return this.#filled;
  }

  /** Appends samples; the oldest give way. */
  push(samples: Float32Array): void {
    const capacity = this.#samples.length;
    const kept = samples.length > capacity ? samples.subarray(samples.length - capacity) : samples;
    const head = Math.min(kept.length, capacity - this.#next);
    this.#samples.set(kept.subarray(0, head), this.#next);
    this.#samples.set(kept.subarray(head), 0);
    this.#next = (this.#next + kept.length) % capacity;
    this.#filled = Math.min(capacity, this.#filled + kept.length);
  }

  /** Forgets everything. */
  clear(): void {
    this.#next = 0;
    this.#filled = 0;
  }

  /** A copy of what is there, oldest first. */
  read(): Float32Array<ArrayBuffer> {
    const out = new Float32Array(this.#filled);
    const capacity = this.#samples.length;
    const start = (this.#next - this.#filled + capacity) % capacity;
    const head = Math.min(this.#filled, capacity - start);
    out.set(this.#samples.subarray(start, start + head));
    out.set(this.#samples.subarray(0, this.#filled - head), head);
    return out;
  }
}
