/** Samples in, voice out: resample -> windows -> log-mel -> voice activity -> classify. */
import { MienError } from '../errors';
import { softmax, toCategorical } from '../contract/readings';
import type { CategoricalOutput, LogMelInput } from '../contract/types';
import type { Network } from '../network';
import type { SpeechOptions, Voice } from '../types';
import { LogMel, standardiseLogMel } from './log_mel';
import { Resampler } from './resampler';
import { hasSpeech } from './voice_activity';
import { cutWindows, windowLength, type SpeechWindow } from './windows';

/** Windows read at once: bounds the memory that a long clip takes. */
const MAX_BATCH = 8;

interface Heard extends SpeechWindow {
  decibels: Float64Array;
}

export class SpeechPipeline {
  private readonly logMel: LogMel;
  private readonly emotion: CategoricalOutput;
  private resampler: Resampler | null = null;

  constructor(private readonly network: Network<LogMelInput>) {
    const { emotion } = network.spec.outputs;
    if (emotion?.kind !== 'categorical') {
      throw new MienError(
        'spec-invalid',
        `${network.spec.task}/spec.json: outputs.emotion: expected an output of kind "categorical"`,
        'Rebuild the speech model with mien-convert.',
      );
    }
    this.emotion = emotion;
    this.logMel = new LogMel(network.spec.input);
  }

  /** @param samples Mono, -1..1; `sampleRate` in Hz, whole. */
  async analyse(samples: Float32Array, sampleRate: number, { voiceActivity = true }: SpeechOptions): Promise<Voice> {
    const { input } = this.network.spec;
    const signal = this.resamplerFor(sampleRate).run(samples);
    const seconds = signal.length / input.sample_rate;
    const sum = new Float64Array(this.emotion.labels.length);
    const used: SpeechWindow[] = [];
    let batch: Heard[] = [];
    for (const window of cutWindows(signal, input)) {
      const decibels = this.logMel.run(window.samples);
      if (voiceActivity && !hasSpeech(decibels, input)) continue;
      used.push(window);
      batch.push({ ...window, decibels });
      if (batch.length < MAX_BATCH) continue;
      await this.addProbabilities(batch, sum);
      batch = [];
    }
    await this.addProbabilities(batch, sum);
    const first = used[0];
    const last = used.at(-1);
    if (!first || !last) return { speech: false, emotion: null, start: 0, end: seconds };
    return {
      speech: true,
      emotion: toCategorical(sum.map((value) => value / used.length), this.emotion),
      start: first.start / input.sample_rate,
      end: Math.min(seconds, (last.start + windowLength(input)) / input.sample_rate),
    };
  }

  private resamplerFor(rate: number): Resampler {
    const { sample_rate: target, resampler } = this.network.spec.input;
    if (this.resampler?.rateIn !== rate) this.resampler = new Resampler(rate, target, resampler);
    return this.resampler;
  }

  /** Adds each window's calibrated probabilities to `sum`. */
  private async addProbabilities(batch: readonly Heard[], sum: Float64Array): Promise<void> {
    if (batch.length === 0) return;
    const { labels, temperature } = this.emotion;
    const logits = await this.logits(batch);
    for (let start = 0; start < logits.length; start += labels.length) {
      const probabilities = softmax(logits.subarray(start, start + labels.length), temperature);
      for (let label = 0; label < labels.length; label++) sum[label]! += probabilities[label]!;
    }
  }

  private async logits(batch: readonly Heard[]): Promise<Float32Array> {
    const { input } = this.network.spec;
    const size = batch[0]!.decibels.length;
    const values = new Float32Array(size * batch.length);
    batch.forEach((window, index) => standardiseLogMel(window.decibels, input, values, index * size));
    const outputs = await this.network.run(values, [size / input.n_mels, input.n_mels, 1], batch.length);
    return outputs.emotion!;
  }
}
