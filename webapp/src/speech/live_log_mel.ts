/** The log-mel spectrogram of sound that never ends: the network's own settings and code, frame after frame. */
import type { LogMelInput } from '../contract/types';
import { LogMel } from './log_mel';
import { StreamResampler } from './stream_resampler';

/** Frames are made so many at a time: the frames at the edges of a stretch are made for nothing, which is then little. */
const FRAMES_AT_ONCE = 4;

export class LiveLogMel {
  readonly #resampler: StreamResampler;
  readonly #logMel: LogMel;
  /** Sound at the network's rate not yet used up, from frame `#first` times the hop on. */
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

  /** @returns Frames x bands in dB, those that no later sample can change; often none, then several at once. */
  push(samples: Float32Array): Float64Array {
    const { hop_length: hop, n_fft: size, n_mels: bands } = this.input;
    this.#pending = join(this.#pending, this.#resampler.push(samples));
    // Frame t lies around sample t * hop and reaches half a transform further.
    const last = this.#first + Math.floor((this.#pending.length - size / 2) / hop);
    const count = last - this.#next + 1;
    if (count < FRAMES_AT_ONCE) return new Float64Array(0);
    const skip = this.#next - this.#first;
    const frames = this.#logMel.run(this.#pending.subarray(0, (last - this.#first) * hop + size / 2));
    this.#next = last + 1;
    const first = Math.max(0, Math.floor((this.#next * hop - size / 2) / hop));
    this.#pending = this.#pending.slice((first - this.#first) * hop);
    this.#first = first;
    return frames.subarray(skip * bands, (skip + count) * bands);
  }
}

function join(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
