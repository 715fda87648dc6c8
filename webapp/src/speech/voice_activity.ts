import type { LogMelInput } from '../contract/types';
import { melEdges } from './mel';

/** The quietest tenth of the frames tells how loud the background is. */
const FLOOR_SHARE = 0.1;

/**
 * Whether somebody speaks in a window: enough frames are loud, above the background, and not noise-like.
 * @param decibels The unstandardised log-mel, frames x bands.
 */
export function hasSpeech(decibels: Float64Array, input: LogMelInput): boolean {
  const rule = input.voice_activity;
  const { levels, flatness } = frameStatistics(decibels, input);
  const floor = quantile(levels, FLOOR_SHARE);
  let active = 0;
  for (let t = 0; t < levels.length; t++) {
    const level = levels[t]!;
    if (level > rule.min_level_db && level > floor + rule.above_floor_db && flatness[t]! < rule.max_flatness_db) active++;
  }
  return active / levels.length >= rule.min_share;
}

/** By frame: dB of the mean power in the voice band, and how far the mean of the dB lies below it (0: white noise). */
function frameStatistics(decibels: Float64Array, input: LogMelInput): { levels: Float64Array; flatness: Float64Array } {
  const { low_hz: low, high_hz: high } = input.voice_activity;
  const centres = melEdges(input.n_mels, input.fmin, input.fmax).subarray(1, -1);
  const bands = [...centres.keys()].filter((band) => centres[band]! >= low && centres[band]! <= high);
  const frames = decibels.length / input.n_mels;
  const levels = new Float64Array(frames);
  const flatness = new Float64Array(frames);
  for (let t = 0; t < frames; t++) {
    let power = 0;
    let sum = 0;
    for (const band of bands) {
      const value = decibels[t * input.n_mels + band]!;
      power += 10 ** (value / 10);
      sum += value;
    }
    levels[t] = 10 * Math.log10(power / bands.length);
    flatness[t] = sum / bands.length - levels[t]!;
  }
  return { levels, flatness };
}

/** The value below which a share of the values lies, interpolated linearly between neighbours. */
function quantile(values: Float64Array, share: number): number {
  const sorted = values.slice().sort();
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
