/** Sound that comes in blocks, against the same sound as a whole. */
import { describe, expect, it } from 'vitest';
import { NetworkActivity, RuleActivity } from '../src/speech/activity';
import { EmotionClassifier } from '../src/speech/classifier';
import { completesDecision, decisionWindow, SpeechGate } from '../src/speech/decisions';
import { FrameStream } from '../src/speech/frame_stream';
import { LogMel } from '../src/speech/log_mel';
import { SpeechPipeline } from '../src/speech/pipeline';
import { Resampler } from '../src/speech/resampler';
import { SpeechStream } from '../src/speech/stream';
import { StreamResampler } from '../src/speech/stream_resampler';
import { Utterances } from '../src/speech/utterances';
import { activitySpec, fakeNetwork, speechSpec } from './samples';

const { input } = speechSpec();

/** Something without a pattern, the same each time. */
function noise(length: number, level = 0.3): Float32Array {
  let state = 12345;
  return Float32Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return level * (state / 1073741824 - 1);
  });
}

/** Cuts a signal into blocks of changing lengths. */
function* blocksOf(samples: Float32Array, lengths: readonly number[]): Generator<Float32Array> {
  for (let at = 0, i = 0; at < samples.length; i++) {
    const end = Math.min(samples.length, at + lengths[i % lengths.length]!);
    yield samples.subarray(at, end);
    at = end;
  }
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

describe('StreamResampler', () => {
  it.each([48000, 44100, 16000, 8000])('gives from %i Hz what the whole signal gives', (rate) => {
    const samples = noise(Math.round(rate * 0.2));
    const whole = new Resampler(rate, 16000, input.resampler).run(samples);
    const stream = new StreamResampler(rate, 16000, input.resampler);
    const parts = [...blocksOf(samples, [1, 128, 3, 1024, 7])].flatMap((block) => [...stream.push(block)]);
    expect(parts.length).toBeGreaterThan(whole.length - 80);
    expect(parts.length).toBeLessThanOrEqual(whole.length);
    expect(largestDifference(parts, whole)).toBe(0);
  });
});

describe('FrameStream', () => {
  const samples = noise(16000 * 2 + 77);

  it('computes each frame as the whole signal has it', () => {
    const stream = new FrameStream(input);
    for (const block of blocksOf(samples, [160, 1, 999])) stream.push(block);
    const whole = new LogMel(input).run(samples);
    const last = stream.frames - 1;
    expect(stream.frames).toBe(Math.floor((samples.length - input.n_fft / 2) / input.hop_length) + 1);
    const ours = stream.upTo(last, 120);
    expect(largestDifference(ours, whole.subarray((last - 119) * input.n_mels, (last + 1) * input.n_mels))).toBe(0);
  });

  it('gives a window as if it had been cut out', () => {
    const stream = new FrameStream(input);
    for (const block of blocksOf(samples, [1600])) stream.push(block);
    const end = stream.frames - 1;
    const { decibels, start } = stream.window(end);
    expect(start).toBe((end + 1) * input.hop_length - 16000);
    expect(largestDifference(decibels, new LogMel(input).run(samples.subarray(start, start + 16000)))).toBe(0);
  });

  it('repeats a signal that is shorter than a window', () => {
    const stream = new FrameStream(input);
    stream.push(samples.subarray(0, 4000));
    const { decibels, start } = stream.window(20);
    const repeated = Float32Array.from({ length: 16000 }, (_, i) => samples[i % (21 * 160)]!);
    expect(start).toBe(0);
    expect(largestDifference(decibels, new LogMel(input).run(repeated))).toBe(0);
  });

  it('puts a pause, again and again, in place of what was before it', () => {
    const stream = new FrameStream(input);
    for (const block of blocksOf(samples, [1600])) stream.push(block);
    const end = stream.frames - 1;
    const plain = stream.window(end).decibels;
    const first = end - 99;
    const pause = { start: first + 30, stop: first + 50 };
    const { decibels } = stream.window(end, pause);
    const frame = (of: Float64Array, k: number): number[] => [...of.subarray(k * input.n_mels, (k + 1) * input.n_mels)];
    for (let k = 30; k <= 100; k++) expect(frame(decibels, k)).toEqual(frame(plain, k));
    for (let k = 0; k < 30; k++) expect(frame(decibels, k)).toEqual(frame(plain, k < 10 ? k + 40 : k + 20));
    expect(stream.window(end, { start: first - 5, stop: first + 20 }).decibels).toEqual(plain);
  });

  it('keeps no more than it needs', () => {
    const stream = new FrameStream(input);
    for (let i = 0; i < 100; i++) stream.push(noise(1600));
    expect(stream.upTo(stream.frames - 1, 1e6).length / input.n_mels).toBeLessThan(300);
  });
});

describe('decisions', () => {
  it('come every five frames', () => {
    expect([...Array(12).keys()].filter(completesDecision)).toEqual([4, 9]);
  });

  it('see the first frame where there is none before it', () => {
    expect([...decisionWindow(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 1, 4)]).toEqual([1, 2, 1, 2, 1, 2, 3, 4]);
  });
});

describe('SpeechGate', () => {
  const run = (probabilities: number[]): [boolean, number][] => {
    const gate = new SpeechGate({ open_at: 0.7, keep_at: 0.4, hangover: 2 });
    return probabilities.map((probability) => [gate.push(probability), gate.spoken]);
  };

  it('opens at once, outlasts a pause and closes after its hangover', () => {
    expect(run([0.6, 0.7, 0.3, 0.4, 0.3, 0.3, 0.6])).toEqual([
      [false, 0],
      [true, 1],
      [true, 1],
      [true, 2],
      [true, 2],
      [false, 0],
      [false, 0],
    ]);
  });
});

describe('Utterances', () => {
  /** Sure decisions, five frames each; the pause before after each of them. */
  const pauses = (speaks: readonly boolean[], hangover = 5): ({ start: number; stop: number } | null)[] => {
    const utterances = new Utterances(new SpeechGate({ open_at: 0.7, keep_at: 0.4, hangover }));
    return speaks.map((one, i) => {
      utterances.push(5 * i + 4, one ? 0.9 : 0.1);
      return utterances.pauseBefore(5 * i + 4);
    });
  };
  const times = (count: number, speaks: boolean): boolean[] => Array<boolean>(count).fill(speaks);

  it('know the pause before once they have gone on for a while', () => {
    const found = pauses([...times(10, true), ...times(10, false), ...times(15, true), ...times(10, false)]);
    const pause = { start: 52, stop: 94 };
    expect(found.map((one) => one !== null)).toEqual([...times(28, false), ...times(11, true), ...times(6, false)]);
    expect(found[28]).toEqual(pause);
    expect(found[38]).toEqual(pause);
  });

  it('have no pause between them where the gate closes at once', () => {
    expect(pauses([...times(5, true), false, ...times(20, true)], 1).every((one) => one === null)).toBe(true);
  });

  it('are not parted by a stop within them, and the first has nothing before it', () => {
    const found = pauses([...times(15, true), ...times(4, false), ...times(20, true)]);
    expect(found.every((one) => one === null)).toBe(true);
  });
});

describe('NetworkActivity', () => {
  it('refuses a model that hears other frames than the emotion', () => {
    const spec = activitySpec();
    const other = { ...spec, input: { ...spec.input, hop_length: 80 } };
    expect(() => new NetworkActivity(fakeNetwork(other, () => ({})), input)).toThrow('input.hop_length: expected 160');
  });

  it('refuses a model without a gate', () => {
    const spec = activitySpec();
    delete spec.gate;
    expect(() => new NetworkActivity(fakeNetwork(spec, () => ({})), input)).toThrow('expected a gate');
  });
});

/** A network that hears speech where the newest frames are loud. */
function loudIsSpeech(): NetworkActivity {
  const spec = activitySpec();
  const network = fakeNetwork(spec, (values, batch) => {
    const size = values.length / batch;
    const logits = Array.from({ length: batch }, (_, i) => {
      const newest = values.subarray((i + 1) * size - spec.input.n_mels * 3, (i + 1) * size);
      const level = newest.reduce((sum, value) => sum + value, 0) / newest.length;
      return [0, level > -60 ? 4 : -4];
    });
    return { speech: Float32Array.from(logits.flat()) };
  });
  return new NetworkActivity(network, input);
}

describe('SpeechStream', () => {
  const classifier = (): EmotionClassifier =>
    new EmotionClassifier(fakeNetwork(speechSpec(), (_values, batch) => ({ emotion: new Float32Array(2 * batch).fill(1) })));

  async function listen(samples: Float32Array, activity = loudIsSpeech()): Promise<Awaited<ReturnType<SpeechStream['push']>>[]> {
    const stream = new SpeechStream(16000, classifier(), activity);
    const updates = [];
    for (const block of blocksOf(samples, [1600])) updates.push(await stream.push(block));
    return updates;
  }

  /** One second of silence, two of sound, two of silence. */
  const word = (): Float32Array => {
    const samples = new Float32Array(16000 * 5);
    samples.set(noise(32000), 16000);
    return samples;
  };

  it('hears the onset within 0.3 s and reads at least every 0.5 s while somebody speaks', async () => {
    const updates = await listen(word());
    const onset = updates.find((update) => update.speaking)!.seconds;
    expect(onset).toBeGreaterThan(1);
    expect(onset).toBeLessThanOrEqual(1.3);
    const readings = updates.filter((update) => update.voice && update.seconds < 3.1).map((update) => update.seconds);
    expect(readings[0]).toBeLessThanOrEqual(onset + 0.5);
    readings.slice(1).forEach((seconds, i) => expect(seconds - readings[i]!).toBeLessThan(0.5));
    expect(updates.at(-1)!.speaking).toBe(false);
    expect(updates.filter((update) => update.voice && !update.speaking)).toEqual([]);
  });

  it('gives a click no emotion', async () => {
    const samples = new Float32Array(16000 * 4);
    samples.set(noise(1600), 24000);
    const updates = await listen(samples);
    expect(updates.some((update) => update.speaking)).toBe(true);
    expect(updates.every((update) => update.voice === null)).toBe(true);
  });

  it('says up to when each reading heard', async () => {
    const updates = await listen(word());
    for (const { voice, decisions } of updates) {
      if (!voice) continue;
      expect(voice.end).toBeCloseTo(decisions.at(-1)!.end, 9);
      expect(voice.end - voice.start).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it('does not hear what was said before a pause, once somebody has spoken for a while', async () => {
    // Two words, from 0.5 and 1.9 s on, the first loud; a window is a second, and that to 2.35 s would begin in the first.
    const samples = new Float32Array(16000 * 4);
    samples.set(noise(16000, 0.9), 8000);
    samples.set(noise(16000, 0.01), 8000 + 16000 + 6400);
    const loudest: number[] = [];
    const network = fakeNetwork(speechSpec(), (values, batch) => {
      loudest.push(values.reduce((largest, value) => Math.max(largest, value), -Infinity));
      return { emotion: new Float32Array(2 * batch).fill(1) };
    });
    const stream = new SpeechStream(16000, new EmotionClassifier(network), loudIsSpeech());
    const ends: number[] = [];
    for (const block of blocksOf(samples, [1600])) {
      const { voice } = await stream.push(block);
      if (voice) ends.push(voice.end);
    }
    const of = (from: number, to: number): number[] => loudest.filter((_, i) => ends[i]! > from && ends[i]! <= to);
    const [first, early, later] = [of(0.8, 1.5), of(2, 2.25), of(2.3, 2.45)];
    for (const some of [first, early, later]) expect(some.length).toBeGreaterThan(0);
    expect(Math.min(...first, ...early)).toBeGreaterThan(Math.max(...later) + 1);
  });

  it('takes blocks of any length', async () => {
    const stream = new SpeechStream(16000, classifier(), loudIsSpeech());
    const one = await stream.push(word());
    const many = await listen(word());
    expect(one.decisions).toEqual(many.flatMap((update) => update.decisions));
  });

  it('is served by the rule where there is no network', async () => {
    const rule = new RuleActivity(input);
    expect(await rule.probabilities(new LogMel(input).run(new Float32Array(32000)), [50, 100])).toEqual([0, 0]);
    expect((await listen(word(), rule as never)).length).toBe(50);
  });
});

describe('SpeechPipeline with a network for activity', () => {
  it('reads windows in which enough decisions say speech', async () => {
    const spec = activitySpec();
    const speaks = fakeNetwork(spec, (_values, batch) => ({ speech: Float32Array.from({ length: 2 * batch }, (_, i) => (i % 2) * 5) }));
    const quiet = fakeNetwork(spec, (_values, batch) => ({ speech: Float32Array.from({ length: 2 * batch }, (_, i) => (i % 2) * -5) }));
    const emotion = fakeNetwork(speechSpec(), (_values, batch) => ({ emotion: new Float32Array(2 * batch) }));
    const samples = noise(24000);
    expect((await new SpeechPipeline(emotion, speaks).analyse(samples, 16000, {})).speech).toBe(true);
    expect((await new SpeechPipeline(emotion, quiet).analyse(samples, 16000, {})).speech).toBe(false);
    expect((await new SpeechPipeline(emotion, quiet).analyse(samples, 16000, { voiceActivity: false })).speech).toBe(true);
    expect((await new SpeechPipeline(emotion, quiet).analyse(samples.subarray(0, 100), 16000, {})).speech).toBe(false);
  });
});
