import type { LogMelInput } from '../contract/types';

/** One stretch of sound of the network's length. */
export interface SpeechWindow {
  /** Index of its first sample in the signal. */
  start: number;
  samples: Float32Array;
}

export function windowLength(input: LogMelInput): number {
  return Math.round(input.window_seconds * input.sample_rate);
}

/**
 * Cuts a signal at the network's rate into windows. A signal shorter than the window is repeated until it fills it;
 * a longer one is cut every `hop_seconds`, and once more at its end so that no sample is lost.
 * @throws RangeError where there is no sample.
 */
export function cutWindows(samples: Float32Array, input: LogMelInput): SpeechWindow[] {
  const size = windowLength(input);
  if (samples.length === 0) throw new RangeError('a signal needs at least one sample');
  if (samples.length <= size) {
    const repeated = new Float32Array(size);
    for (let at = 0; at < size; at += samples.length) repeated.set(samples.subarray(0, size - at), at);
    return [{ start: 0, samples: repeated }];
  }
  const hop = Math.round(input.hop_seconds * input.sample_rate);
  const last = samples.length - size;
  const starts: number[] = [];
  for (let start = 0; start <= last; start += hop) starts.push(start);
  if (starts.at(-1) !== last) starts.push(last);
  return starts.map((start) => ({ start, samples: samples.subarray(start, start + size) }));
}
