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
    const result = new Float32Array(Math.max(0, to - from));
    if (result.length === 0) return result;
    const start = this.firstInput(from);
    const needed = withSilence(samples, offset - start, this.firstInput(to - 1) + 2 * this.reach + 2 - start);
    // Outputs of one phase have the same weights, and lie `down` inputs apart.
    for (let n = from; n < Math.min(to, from + this.up); n++) {
      filterEvery(this.phases[n % this.up]!, needed, this.firstInput(n) - start, this.down, result, n - from, this.up);
    }
    return result;
  }
}

/** `length` doubles of which `samples` begin at index `at`, which may be negative; what is not known is zero. */
function withSilence(samples: Float32Array, at: number, length: number): Float64Array {
  const result = new Float64Array(length);
  const known = samples.subarray(Math.max(0, -at), Math.max(0, length - at));
  if (known.length > 0) result.set(known, Math.max(0, at));
  return result;
}

/**
 * Weighted sums over `input`, the first from index `at` on and each next one `step` further, into every `stride`-th value
 * of `out` from `to` on. Four at a time: a weight is then fetched once for four products that need not wait for each
 * other, which takes half the time.
 */
function filterEvery(weights: Float64Array, input: Float64Array, at: number, step: number, out: Float32Array, to: number, stride: number): void {
  for (; to + 3 * stride < out.length; to += 4 * stride, at += 4 * step) {
    let first = 0;
    let second = 0;
    let third = 0;
    let fourth = 0;
    for (let i = 0, j = at; i < weights.length; i++, j++) {
      const weight = weights[i]!;
      first += weight * input[j]!;
      second += weight * input[j + step]!;
      third += weight * input[j + 2 * step]!;
      fourth += weight * input[j + 3 * step]!;
    }
    out[to] = first;
    out[to + stride] = second;
    out[to + 2 * stride] = third;
    out[to + 3 * stride] = fourth;
  }
  for (; to < out.length; to += stride, at += step) {
    let sum = 0;
    for (let i = 0; i < weights.length; i++) sum += weights[i]! * input[at + i]!;
    out[to] = sum;
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
