import type { LogMelInput } from '../contract/types';
import { PowerSpectrum } from './fft';
import { melFilters, type MelFilter } from './mel';

/** Decibels of mel-band power, frame by frame: librosa's melspectrogram and power_to_db(top_db=None). */
export class LogMel {
  private readonly spectrum: PowerSpectrum;
  private readonly filters: MelFilter[];
  private readonly hann: Float64Array;
  private readonly frame: Float64Array;
  private readonly power: Float64Array;

  constructor(private readonly input: LogMelInput) {
    const size = input.n_fft;
    this.spectrum = new PowerSpectrum(size);
    this.filters = melFilters(input.sample_rate, size, input.n_mels, input.fmin, input.fmax);
    this.hann = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
    this.frame = new Float64Array(size);
    this.power = new Float64Array(size / 2 + 1);
  }

  frames(samples: number): number {
    return 1 + Math.floor(samples / this.input.hop_length);
  }

  /** @returns frames x bands, dB, at least 10 log10(amin). */
  run(samples: Float32Array): Float64Array {
    const { hop_length: hop, n_mels: bands } = this.input;
    const frames = this.frames(samples.length);
    const decibels = new Float64Array(frames * bands);
    for (let t = 0; t < frames; t++) this.frameAt(samples, t * hop, decibels, t * bands);
    return decibels;
  }

  /** One frame, centred on a sample, into `out` from `offset` on. */
  frameAt(samples: Float32Array, centre: number, out: Float64Array, offset: number): void {
    const { n_fft: size, n_mels: bands, amin } = this.input;
    this.load(samples, centre - size / 2);
    this.spectrum.run(this.frame, this.power);
    for (let band = 0; band < bands; band++) {
      out[offset + band] = 10 * Math.log10(Math.max(amin, this.energy(this.filters[band]!)));
    }
  }

  /** The windowed frame that starts at `start`; outside the signal there is silence. */
  private load(samples: Float32Array, start: number): void {
    for (let i = 0; i < this.frame.length; i++) {
      const at = start + i;
      this.frame[i] = at >= 0 && at < samples.length ? samples[at]! * this.hann[i]! : 0;
    }
  }

  private energy({ firstBin, weights }: MelFilter): number {
    let sum = 0;
    for (let i = 0; i < weights.length; i++) sum += weights[i]! * this.power[firstBin + i]!;
    return sum;
  }
}

/** (dB - mean) / std by band, into `out` from `offset` on. */
export function standardiseLogMel(decibels: Float64Array, { mean, std, n_mels: bands }: LogMelInput, out: Float32Array, offset = 0): void {
  for (let i = 0; i < decibels.length; i++) {
    const band = i % bands;
    out[offset + i] = (decibels[i]! - mean[band]!) / std[band]!;
  }
}
