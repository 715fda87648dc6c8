import type { ResamplerSpec } from '../contract/types';
import { Resampler } from './resampler';

/** `Resampler` for a signal that comes in blocks: all blocks together give the samples of the whole signal. */
export class StreamResampler {
  private readonly resampler: Resampler;
  /** Input from sample `first` on: what later outputs still need. */
  private kept = new Float32Array(0);
  private first = 0;
  private produced = 0;

  constructor(rateIn: number, rateOut: number, spec: ResamplerSpec) {
    this.resampler = new Resampler(rateIn, rateOut, spec);
  }

  /** The outputs that these samples complete; the filter looks ahead by `spec.zeros` samples of the lower rate. */
  push(samples: Float32Array): Float32Array {
    const known = new Float32Array(this.kept.length + samples.length);
    known.set(this.kept);
    known.set(samples, this.kept.length);
    const end = this.first + known.length;
    const until = this.resampler.outputsWithin(end);
    const result = this.resampler.part(known, this.first, this.produced, until);
    this.produced = until;
    const needed = Math.max(this.first, Math.min(end, this.resampler.firstInput(until)));
    this.kept = known.slice(needed - this.first);
    this.first = needed;
    return result;
  }
}
