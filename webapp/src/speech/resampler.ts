/**
 * Sampling-rate conversion by a windowed-sinc filter (J. O. Smith, "Digital Audio Resampling", CCRMA).
 * With r = out / in and c = min(1, r) * rolloff: y[n] = sum over k of x[k] g(n / r - k), g(t) = sinc(c t) kaiser(t / W),
 * W = zeros / min(1, r); each output's weights are divided by their sum. Samples outside the signal are zero.
 */
import type { ResamplerSpec } from '../contract/types';

export class Resampler {
  private readonly up: number;
  private readonly down: number;
  private readonly reach: number;
  /** For each output phase, the weights of input samples base - reach .. base + reach + 1. */
  private readonly phases: Float64Array[];

  /** @param rateIn Hz, whole; `rateOut` likewise. */
  constructor(
    readonly rateIn: number,
    readonly rateOut: number,
    spec: ResamplerSpec,
  ) {
    const divisor = greatestCommonDivisor(rateIn, rateOut);
    this.up = rateOut / divisor;
    this.down = rateIn / divisor;
    const shrink = Math.min(1, this.up / this.down);
    const halfWidth = spec.zeros / shrink;
    this.reach = Math.ceil(halfWidth);
    const filter = (t: number): number => {
      if (Math.abs(t) > halfWidth) return 0;
      const window = besselI0(spec.beta * Math.sqrt(Math.max(0, 1 - (t / halfWidth) ** 2))) / besselI0(spec.beta);
      return sinc(shrink * spec.rolloff * t) * window;
    };
    this.phases = rateIn === rateOut ? [] : Array.from({ length: this.up }, (_, phase) => this.phase(phase, filter));
  }

  /** Weights of output n = phase (mod up), which lies at fraction ((n * down) mod up) / up after an input sample. */
  private phase(phase: number, filter: (t: number) => number): Float64Array {
    const fraction = ((phase * this.down) % this.up) / this.up;
    const weights = new Float64Array(2 * this.reach + 2);
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      weights[i] = filter(fraction - (i - this.reach));
      sum += weights[i]!;
    }
    return weights.map((weight) => weight / sum);
  }

  /** @returns ceil(length * rateOut / rateIn) samples; at equal rates a copy. */
  run(samples: Float32Array): Float32Array {
    if (this.rateIn === this.rateOut) return samples.slice();
    return this.part(samples, 0, 0, Math.ceil((samples.length * this.up) / this.down));
  }

  /** The first input sample that output `n` is made of; may be negative. */
  firstInput(n: number): number {
    return this.rateIn === this.rateOut ? n : Math.floor((n * this.down) / this.up) - this.reach;
  }

  /** How many outputs are made of inputs before `end` alone. */
  outputsWithin(end: number): number {
    if (this.rateIn === this.rateOut) return end;
    // Output n needs inputs up to floor(n * down / up) + reach + 1.
    return Math.max(0, Math.ceil(((end - this.reach - 1) * this.up) / this.down));
  }

  /** Outputs `from` up to but not including `to`, of a signal of which `samples` are known, the first being number `offset`. */
  part(samples: Float32Array, offset: number, from: number, to: number): Float32Array {
    if (this.rateIn === this.rateOut) return samples.slice(from - offset, to - offset);
    const result = new Float32Array(to - from);
    for (let n = from; n < to; n++) {
      const weights = this.phases[n % this.up]!;
      const first = this.firstInput(n) - offset;
      const start = Math.max(0, -first);
      const end = Math.min(weights.length, samples.length - first);
      let sum = 0;
      for (let i = start; i < end; i++) sum += weights[i]! * samples[first + i]!;
      result[n - from] = sum;
    }
    return result;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The modified Bessel function of the first kind, order 0, by its power series; exact to double precision for x < 30. */
export function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
