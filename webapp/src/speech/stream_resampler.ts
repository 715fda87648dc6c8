/** The resampler for sound that never ends: block by block the very samples that the whole signal would give. */
import { Resampler } from './resampler';
import type { ResamplerSpec } from '../contract/types';

export class StreamResampler {
  readonly #resampler: Resampler;
  readonly #up: number;
  readonly #down: number;
  /** Input samples that an output needs on either side. */
  readonly #reach: number;
  /** Input not yet used up, and the index of its first sample in the whole signal, a multiple of `down`. */
  #pending = new Float32Array(0);
  #start = 0;
  /** Index of the next output in the whole signal. */
  #next = 0;

  /** @param rateIn Hz, whole; `rateOut` likewise. */
  constructor(rateIn: number, rateOut: number, spec: ResamplerSpec) {
    this.#resampler = new Resampler(rateIn, rateOut, spec);
    const divisor = greatestCommonDivisor(rateIn, rateOut);
    this.#up = rateOut / divisor;
    this.#down = rateIn / divisor;
    this.#reach = rateIn === rateOut ? 0 : Math.ceil(spec.zeros / Math.min(1, rateOut / rateIn)) + 1;
  }

  /** Takes samples in and returns the outputs that no later sample can change. */
  push(samples: Float32Array): Float32Array {
    const input = join(this.#pending, samples);
    const from = this.#next - (this.#start / this.#down) * this.#up;
    // Output n lies at input n * down / up.
    const to = Math.floor(((input.length - 1 - this.#reach) * this.#up) / this.#down);
    if (to < from) {
      this.#pending = input;
      return new Float32Array(0);
    }
    const outputs = this.#resampler.run(input).slice(from, to + 1);
    this.#next += outputs.length;
    const needed = Math.floor((this.#next * this.#down) / this.#up) - this.#reach;
    const start = Math.max(0, Math.floor(needed / this.#down) * this.#down);
    this.#pending = input.slice(start - this.#start);
    this.#start = start;
    return outputs;
  }
}

function join(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
