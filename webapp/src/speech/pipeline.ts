/** Samples in, voice out: resample -> windows -> log-mel -> voice activity -> classify. */
import { toCategorical } from '../contract/readings';
import type { LogMelInput } from '../contract/types';
import type { Network } from '../network';
import type { SpeechOptions, Voice } from '../types';
import { NetworkActivity, RuleActivity, type SpeechActivity } from './activity';
import { EmotionClassifier } from './classifier';
import { completesDecision } from './decisions';
import { LogMel } from './log_mel';
import { Resampler } from './resampler';
import { SpeechStream } from './stream';
import { hasSpeech } from './voice_activity';
import { cutWindows, windowLength, type SpeechWindow } from './windows';

/** Windows read at once: bounds the memory that a long clip takes. */
const MAX_BATCH = 8;

export class SpeechPipeline {
  private readonly logMel: LogMel;
  private readonly classifier: EmotionClassifier;
  private readonly activity: SpeechActivity | null;
  private resampler: Resampler | null = null;

  /** @param activity The network `voice-activity`; where it is missing, a rule on levels serves. */
  constructor(network: Network<LogMelInput>, activity: Network<LogMelInput> | null = null) {
    this.classifier = new EmotionClassifier(network);
    this.logMel = new LogMel(network.spec.input);
    this.activity = activity && new NetworkActivity(activity, network.spec.input);
  }

  /** @param sampleRate Hz, whole. */
  open(sampleRate: number): SpeechStream {
    return new SpeechStream(sampleRate, this.classifier, this.activity ?? new RuleActivity(this.classifier.input));
  }

  /** @param samples Mono, -1..1; `sampleRate` in Hz, whole. */
  async analyse(samples: Float32Array, sampleRate: number, { voiceActivity = true }: SpeechOptions): Promise<Voice> {
    const { input, output } = this.classifier;
    const signal = this.resamplerFor(sampleRate).run(samples);
    const seconds = signal.length / input.sample_rate;
    const spoken = voiceActivity ? await this.spokenFrames(signal) : null;
    const sum = new Float64Array(output.labels.length);
    const used: SpeechWindow[] = [];
    let batch: Float64Array[] = [];
    const read = async (): Promise<void> => {
      for (const probabilities of await this.classifier.probabilities(batch)) probabilities.forEach((value, label) => (sum[label]! += value));
      batch = [];
    };
    for (const window of cutWindows(signal, input)) {
      if (spoken && !this.speaks(window, spoken)) continue;
      const decibels = this.logMel.run(window.samples);
      if (voiceActivity && !spoken && !hasSpeech(decibels, input)) continue;
      used.push(window);
      batch.push(decibels);
      if (batch.length === MAX_BATCH) await read();
    }
    await read();
    const first = used[0];
    const last = used.at(-1);
    if (!first || !last) return { speech: false, emotion: null, start: 0, end: seconds };
    return {
      speech: true,
      emotion: toCategorical(sum.map((value) => value / used.length), output),
      start: first.start / input.sample_rate,
      end: Math.min(seconds, (last.start + windowLength(input)) / input.sample_rate),
    };
  }

  /** The newest frame of each decision, and whether it says speech; null where there is no network for it. */
  private async spokenFrames(signal: Float32Array): Promise<{ ends: number[]; speech: boolean[] } | null> {
    if (!this.activity) return null;
    const frames = this.logMel.frames(signal.length);
    const ends = Array.from({ length: frames }, (_, frame) => frame).filter(completesDecision);
    if (ends.length === 0) ends.push(frames - 1);
    const probabilities = await this.activity.probabilities(this.logMel.run(signal), ends);
    return { ends, speech: probabilities.map((probability) => probability >= this.activity!.gate.open_at) };
  }

  /** Whether enough of the decisions that lie in a window say speech. */
  private speaks({ start }: SpeechWindow, { ends, speech }: { ends: number[]; speech: boolean[] }): boolean {
    const { input } = this.classifier;
    const inside = speech.filter((_, i) => {
      const at = ends[i]! * input.hop_length - start;
      return at >= 0 && at <= windowLength(input);
    });
    return inside.filter(Boolean).length / inside.length >= input.voice_activity.min_share;
  }

  private resamplerFor(rate: number): Resampler {
    const { sample_rate: target, resampler } = this.classifier.input;
    if (this.resampler?.rateIn !== rate) this.resampler = new Resampler(rate, target, resampler);
    return this.resampler;
  }
}
