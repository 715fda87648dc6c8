/** Sound, against values worked out by hand or known from tables. */
import { describe, expect, it } from 'vitest';
import { PowerSpectrum } from '../src/speech/fft';
import { LogMel, standardiseLogMel } from '../src/speech/log_mel';
import { melEdges, melFilters } from '../src/speech/mel';
import { SpeechPipeline } from '../src/speech/pipeline';
import { besselI0, Resampler } from '../src/speech/resampler';
import { hasSpeech } from '../src/speech/voice_activity';
import { cutWindows } from '../src/speech/windows';
import { fakeNetwork, speechSpec } from './samples';

const { input } = speechSpec();

/** Half a second of a harmonic tone, half a second of silence, and so on. */
function voice(rate: number, seconds: number): Float32Array {
  return Float32Array.from({ length: rate * seconds }, (_, i) => {
    const t = i / rate;
    if (t % 1 >= 0.5) return 0;
    return [1, 2, 3, 4].reduce((sum, k) => sum + (0.2 / k) * Math.sin(2 * Math.PI * 150 * k * t), 0);
  });
}

describe('PowerSpectrum', () => {
  it('finds a cosine in its bin', () => {
    const power = new Float64Array(9);
    new PowerSpectrum(16).run(Float64Array.from({ length: 16 }, (_, i) => 1 + Math.cos((2 * Math.PI * 3 * i) / 16)), power);
    // A constant of 1 sums to 16, a cosine of amplitude 1 to 8.
    [256, 0, 0, 64, 0, 0, 0, 0, 0].forEach((value, bin) => expect(power[bin]).toBeCloseTo(value, 9));
  });

  it('agrees with the definition', () => {
    const signal = Float64Array.from({ length: 32 }, (_, i) => Math.sin(i * i) + 0.3 * i);
    const power = new Float64Array(17);
    new PowerSpectrum(32).run(signal, power);
    for (let k = 0; k <= 16; k++) {
      let re = 0;
      let im = 0;
      signal.forEach((value, i) => {
        re += value * Math.cos((2 * Math.PI * k * i) / 32);
        im -= value * Math.sin((2 * Math.PI * k * i) / 32);
      });
      expect(power[k]).toBeCloseTo(re * re + im * im, 8);
    }
  });

  it.each([0, 1, 12])('refuses the size %i', (size) => {
    expect(() => new PowerSpectrum(size)).toThrow('power of two');
  });
});

describe('mel', () => {
  it('is linear up to 1 kHz and logarithmic above', () => {
    // 1000 Hz is 15 mels, 6400 Hz is 42.
    const edges = melEdges(13, 0, 6400);
    expect(edges[5]).toBeCloseTo(1000, 9);
    expect(edges[4]).toBeCloseTo(800, 9);
    expect(edges[14]).toBeCloseTo(6400, 6);
    expect(edges[10]! / edges[7]!).toBeCloseTo(6.4 ** (1 / 3), 9);
  });

  it('filters have an area of one', () => {
    for (const { weights } of melFilters(16000, 16384, 8, 50, 7000)) {
      const area = (weights.reduce((sum, weight) => sum + weight, 0) * 16000) / 16384;
      expect(area).toBeCloseTo(1, 3);
    }
  });
});

it('knows the Bessel function', () => {
  // Abramowitz and Stegun, table 9.8.
  expect(besselI0(0)).toBe(1);
  expect(besselI0(1)).toBeCloseTo(1.2660658777520084, 12);
  expect(besselI0(12) / 18948.92534929631).toBeCloseTo(1, 12);
});

describe('Resampler', () => {
  it('keeps a constant and gives as many samples as the rates ask for', () => {
    const result = new Resampler(44100, 16000, input.resampler).run(new Float32Array(4410).fill(0.25));
    expect(result.length).toBe(1600);
    for (const value of result.subarray(100, -100)) expect(value).toBeCloseTo(0.25, 7);
  });

  it('keeps a tone that lies well below both Nyquist frequencies', () => {
    const tone = (rate: number): Float32Array => Float32Array.from({ length: rate }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / rate));
    const result = new Resampler(48000, 16000, input.resampler).run(tone(48000));
    const expected = tone(16000);
    for (let i = 200; i < 15800; i++) expect(Math.abs(result[i]! - expected[i]!)).toBeLessThan(1e-4);
  });

  it('copies at equal rates', () => {
    const samples = Float32Array.of(1, 2, 3);
    const result = new Resampler(16000, 16000, input.resampler).run(samples);
    expect(result).toEqual(samples);
    expect(result.buffer).not.toBe(samples.buffer);
  });
});

describe('LogMel', () => {
  it('gives the floor for silence', () => {
    const decibels = new LogMel(input).run(new Float32Array(1600));
    expect(decibels.length).toBe(11 * 8);
    expect(new Set(decibels)).toEqual(new Set([-100]));
  });

  it('rises by 20 dB for ten times the amplitude', () => {
    const noise = Float32Array.from({ length: 3200 }, (_, i) => Math.sin(0.37 * i * i));
    const loud = new LogMel(input).run(noise);
    const quiet = new LogMel(input).run(noise.map((value) => value / 10));
    loud.forEach((level, i) => expect(level - quiet[i]!).toBeCloseTo(20, 3));
  });

  it('is standardised by band', () => {
    const out = new Float32Array(16);
    const decibels = Float64Array.from({ length: 16 }, (_, i) => i);
    standardiseLogMel(decibels, { ...input, mean: [0, 1, 2, 3, 4, 5, 6, 7], std: [1, 2, 4, 8, 1, 2, 4, 8] }, out);
    expect([...out]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 8, 4, 2, 1, 8, 4, 2, 1]);
  });
});

describe('cutWindows', () => {
  const starts = (length: number): number[] => cutWindows(new Float32Array(length), input).map((window) => window.start);

  it('steps by half a second and covers the end', () => {
    expect(starts(16000)).toEqual([0]);
    expect(starts(16001)).toEqual([0, 1]);
    expect(starts(24000)).toEqual([0, 8000]);
    expect(starts(30000)).toEqual([0, 8000, 14000]);
  });

  it('repeats what is shorter than a window', () => {
    const [window] = cutWindows(Float32Array.of(1, 2, 3), input);
    expect(window!.samples.length).toBe(16000);
    expect([...window!.samples.subarray(0, 7)]).toEqual([1, 2, 3, 1, 2, 3, 1]);
  });
});

describe('hasSpeech', () => {
  const heard = (samples: Float32Array): boolean => hasSpeech(new LogMel(input).run(samples), input);

  it('hears a voice with pauses', () => expect(heard(voice(16000, 1))).toBe(true));
  it('hears nothing in silence', () => expect(heard(new Float32Array(16000))).toBe(false));
  it('hears nothing in what is too quiet', () => expect(heard(voice(16000, 1).map((value) => value * 1e-4))).toBe(false));
  it('hears nothing in what never changes', () => {
    expect(heard(Float32Array.from({ length: 16000 }, (_, i) => 0.3 * Math.sin(0.1 * i)))).toBe(false);
  });
});

describe('SpeechPipeline', () => {
  /** Says `happy` by a share that grows with the number of the window. */
  function pipeline(): { pipeline: SpeechPipeline; batches: number[] } {
    const batches: number[] = [];
    let window = 0;
    const network = fakeNetwork(speechSpec(), (_values, batch) => {
      batches.push(batch);
      const logits = Array.from({ length: batch }, () => [0, Math.log(++window)]).flat();
      return { emotion: Float32Array.from(logits) };
    });
    return { pipeline: new SpeechPipeline(network), batches };
  }

  it('takes the mean of the windows', async () => {
    // Three windows: happy 1/2, 2/3 and 3/4.
    const { pipeline: speech } = pipeline();
    const result = await speech.analyse(voice(16000, 2), 16000, {});
    expect(result.speech).toBe(true);
    expect(result.emotion!.label).toBe('happy');
    expect(result.emotion!.probabilities.happy).toBeCloseTo((1 / 2 + 2 / 3 + 3 / 4) / 3, 6);
    expect([result.start, result.end]).toEqual([0, 2]);
  });

  it('leaves out windows in which nobody speaks', async () => {
    const { pipeline: speech, batches } = pipeline();
    const samples = new Float32Array(16000 * 4);
    samples.set(voice(16000, 1), 16000 * 2);
    const result = await speech.analyse(samples, 16000, {});
    expect(batches.reduce((sum, size) => sum + size, 0)).toBeLessThan(7);
    expect(result.speech).toBe(true);
    expect(result.start).toBeGreaterThan(0);
  });

  it('says when nobody speaks, and asks no network', async () => {
    const { pipeline: speech, batches } = pipeline();
    expect(await speech.analyse(new Float32Array(48000), 16000, {})).toEqual({ speech: false, emotion: null, start: 0, end: 3 });
    expect(batches).toEqual([]);
    expect((await speech.analyse(new Float32Array(48000), 16000, { voiceActivity: false })).speech).toBe(true);
    expect(batches).toEqual([5]);
  });

  it('reads long sounds in batches', async () => {
    const { pipeline: speech, batches } = pipeline();
    await speech.analyse(voice(16000, 8), 16000, { voiceActivity: false });
    expect(batches).toEqual([8, 7]);
  });
});
