import type { LogMelInput } from '../contract/types';
import { LogMel } from './log_mel';
import type { Pause } from './utterances';
import { cutWindows, windowLength } from './windows';

/** Frames kept beyond those of the longest window. */
const SPARE_FRAMES = 50;

/**
 * The log-mel of an endless signal, each frame computed once. Frame t is centred on sample t * hop; it is there as soon
 * as half a Fourier window beyond is. Before the signal there is silence.
 */
export class FrameStream {
  private readonly logMel: LogMel;
  /** Samples from number `firstSample` on. */
  private samples = new Float32Array(0);
  private firstSample = 0;
  /** Frames from number `firstFrame` on, frames x bands, dB. */
  private decibels = new Float64Array(0);
  private firstFrame = 0;
  private count = 0;
  private readonly windowFrames: number;

  constructor(private readonly input: LogMelInput) {
    this.logMel = new LogMel(input);
    this.windowFrames = 1 + Math.floor(windowLength(input) / input.hop_length);
  }

  /** Number of frames so far. */
  get frames(): number {
    return this.count;
  }

  /** Takes samples at the network's rate in. */
  push(samples: Float32Array): void {
    const { hop_length: hop, n_fft: size, n_mels: bands } = this.input;
    const known = new Float32Array(this.samples.length + samples.length);
    known.set(this.samples);
    known.set(samples, this.samples.length);
    this.samples = known;
    const end = this.firstSample + known.length;
    const until = Math.max(this.count, Math.floor((end - size / 2) / hop) + 1);
    const keptFrames = Math.max(0, this.count - this.windowFrames - SPARE_FRAMES - this.firstFrame);
    const kept = this.decibels.subarray(keptFrames * bands, (this.count - this.firstFrame) * bands);
    this.firstFrame += keptFrames;
    this.decibels = new Float64Array((until - this.firstFrame) * bands);
    this.decibels.set(kept);
    for (let t = this.count; t < until; t++) {
      this.logMel.frameAt(known, t * hop - this.firstSample, this.decibels, (t - this.firstFrame) * bands);
    }
    this.count = until;
    this.forgetSamples();
  }

  /** Frames `end - length + 1 .. end`, or as many of them as there are; the last row is frame `end`. */
  upTo(end: number, length: number): Float64Array {
    const { n_mels: bands } = this.input;
    const from = Math.max(this.firstFrame, end - length + 1);
    return this.decibels.subarray((from - this.firstFrame) * bands, (end + 1 - this.firstFrame) * bands);
  }

  /**
   * The log-mel of the network's window that ends one hop after the centre of frame `end`, as if it had been cut out and
   * computed alone: frames at its edges, which would hear what is beyond, are computed anew. A signal that is shorter
   * than the window is repeated, and nothing of it replaced.
   * @param pause In the window: its frames, again and again, take the place of those before it.
   * @returns The log-mel, and the number of the window's first sample.
   */
  window(end: number, pause: Pause | null = null): { decibels: Float64Array; start: number } {
    const { hop_length: hop, n_fft: size, n_mels: bands } = this.input;
    const length = windowLength(this.input);
    const start = (end + 1) * hop - length;
    if (start < 0 || length % hop !== 0) {
      const from = Math.max(0, start);
      const [window] = cutWindows(this.samples.subarray(from - this.firstSample, (end + 1) * hop - this.firstSample), this.input);
      return { decibels: this.logMel.run(window!.samples), start: from };
    }
    const cut = this.samples.subarray(start - this.firstSample, start - this.firstSample + length);
    const decibels = new Float64Array(this.windowFrames * bands);
    const first = start / hop;
    const old = pause ? Math.max(0, pause.start - first) : 0;
    for (let k = 0; k < this.windowFrames; k++) {
      if (pause && k < old) {
        const places = pause.stop - pause.start;
        // The remainder has the sign of what is divided, which lies before the pause.
        const at = (pause.start + ((((first + k - pause.start) % places) + places) % places) - this.firstFrame) * bands;
        decibels.set(this.decibels.subarray(at, at + bands), k * bands);
        continue;
      }
      const inside = k * hop >= size / 2 && k * hop + size / 2 <= length;
      const at = (first + k - this.firstFrame) * bands;
      if (inside) decibels.set(this.decibels.subarray(at, at + bands), k * bands);
      else this.logMel.frameAt(cut, k * hop, decibels, k * bands);
    }
    return { decibels, start };
  }

  private forgetSamples(): void {
    const needed = windowLength(this.input) + this.input.n_fft + SPARE_FRAMES * this.input.hop_length;
    const surplus = this.samples.length - needed;
    if (surplus <= 0) return;
    this.samples = this.samples.slice(surplus);
    this.firstSample += surplus;
  }
}
