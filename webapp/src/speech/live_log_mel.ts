/** The log-mel spectrogram of sound that never ends: the network's own settings and code, frame after frame. */
import type { LogMelInput } from '../contract/types';
import { LogMel } from './log_mel';
import { StreamResampler } from './stream_resampler';

export class LiveLogMel {
  readonly #resampler: StreamResampler;
  readonly #logMel: LogMel;
  /** Sound at the network's rate from sample `#first` on: what later frames still need. */
  #pending = new Float32Array(0);
  #first = 0;
  #next = 0;

  /** @param sampleRate Of the samples to come, Hz, whole. */
  constructor(
    readonly input: LogMelInput,
    sampleRate: number,
  ) {
    this.#resampler = new StreamResampler(sampleRate, input.sample_rate, input.resampler);
    this.#logMel = new LogMel(input);
  }

  get framesPerSecond(): number {
    return this.input.sample_rate / this.input.hop_length;
  }

  /** @returns Frames x bands in dB, those that no later sample can change; often none, then one or more. */
  push(samples: Float32Array): Float64Array {
    const { hop_length: hop, n_fft: size, n_mels: bands } = this.input;
    const fresh = this.#resampler.push(samples);
    const known = new Float32Array(this.#pending.length + fresh.length);
    known.set(this.#pending);
    known.set(fresh, this.#pending.length);
    // Frame t lies around sample t * hop and reaches half a transform further.
    const until = Math.max(this.#next, Math.floor((this.#first + known.length - size / 2) / hop) + 1);
    const frames = new Float64Array((until - this.#next) * bands);
    for (let t = this.#next; t < until; t++) {
      this.#logMel.frameAt(known, t * hop - this.#first, frames, (t - this.#next) * bands);
    }
    this.#next = until;
    const needed = Math.max(this.#first, until * hop - size / 2);
    this.#pending = known.slice(needed - this.#first);
    this.#first = needed;
    return frames;
  }
}
