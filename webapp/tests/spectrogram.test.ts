import { describe, expect, it } from 'vitest';
import { LiveLogMel } from '../src/speech/live_log_mel';
import { LogMel } from '../src/speech/log_mel';
import { Resampler } from '../src/speech/resampler';
import { StreamResampler } from '../src/speech/stream_resampler';
import { COLOURS, colourMap } from '../src/ui/colour-map';
import { chance, gauss } from './random';
import { speechSpec } from './samples';

function sound(length: number, seed: number): Float32Array {
  const noise = gauss(chance(seed));
  return Float32Array.from({ length }, (_, i) => 0.3 * Math.sin(i / 9) * Math.sin(i / 900) + 0.05 * noise());
}

/** Cuts into blocks of chance lengths, empty ones among them. */
function* blocks(samples: Float32Array, seed: number): Generator<Float32Array> {
  const random = chance(seed);
  for (let at = 0; at < samples.length; ) {
    const length = random() < 0.1 ? 0 : Math.floor(1 + random() * 3000);
    yield samples.subarray(at, at + length);
    at += length;
  }
}

function joined(parts: ArrayLike<number>[]): number[] {
  return parts.flatMap((part) => Array.from(part));
}

describe('StreamResampler', () => {
  const { resampler } = speechSpec().input;

  it.each([48000, 44100, 16000, 8000, 22050])('gives what the whole signal gives, from %i Hz', (rate) => {
    const samples = sound(rate, 1);
    const whole = new Resampler(rate, 16000, resampler).run(samples);
    const stream = new StreamResampler(rate, 16000, resampler);
    const parts = joined([...blocks(samples, 2)].map((block) => stream.push(block)));
    expect(parts.length).toBeGreaterThan(0.95 * whole.length);
    expect(parts).toEqual(Array.from(whole.subarray(0, parts.length)));
  });
});

describe('LiveLogMel', () => {
  it.each([48000, 44100])('gives the frames of the whole signal, from %i Hz', (rate) => {
    const { input } = speechSpec();
    const samples = sound(2 * rate, 3);
    const whole = new LogMel(input).run(new Resampler(rate, input.sample_rate, input.resampler).run(samples));
    const live = new LiveLogMel(input, rate);
    const frames = joined([...blocks(samples, 4)].map((block) => live.push(block)));
    expect(frames.length).toBeGreaterThan(0.9 * whole.length);
    expect(frames).toEqual(Array.from(whole.subarray(0, frames.length)));
  });
});

describe('colourMap', () => {
  /** Lightness of OKLab. */
  const lightness = (levels: Uint8ClampedArray, i: number): number => {
    const [r, g, b] = [0, 1, 2].map((k) => {
      const value = levels[3 * i + k]! / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    const cones = [
      0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b,
      0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b,
      0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b,
    ].map(Math.cbrt) as [number, number, number];
    return 0.2104542553 * cones[0] + 0.793617785 * cones[1] - 0.0040720468 * cones[2];
  };

  it.each(['light', 'dark'] as const)('has equal steps of lightness (%s)', (theme) => {
    const levels = colourMap(theme);
    const values = Array.from({ length: COLOURS }, (_, i) => lightness(levels, i));
    const [first, last] = [values[0]!, values.at(-1)!];
    expect(Math.abs(last - first)).toBeGreaterThan(0.6);
    expect(first > last).toBe(theme === 'light');
    values.forEach((value, i) => expect(Math.abs(value - (first + ((last - first) * i) / (COLOURS - 1)))).toBeLessThan(0.015));
  });
});
