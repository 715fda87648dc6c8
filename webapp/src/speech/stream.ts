/** A voice that comes in blocks: resample -> frames -> decisions on speech -> now and then a reading of the last seconds. */
import { toCategorical } from '../contract/readings';
import type { SpeechDecision, Voice, VoiceUpdate } from '../types';
import type { SpeechActivity } from './activity';
import type { EmotionClassifier } from './classifier';
import { completesDecision, DECISION_FRAMES, READ_AFTER, SpeechGate } from './decisions';
import { FrameStream } from './frame_stream';
import { KnownVoice } from './known_voice';
import { StreamResampler } from './stream_resampler';
import { Utterances } from './utterances';
import { windowLength } from './windows';

/** Decisions from one reading to the next while somebody speaks (0.3 s): with the time that it takes, well under 0.5 s. */
const READ_EVERY = 3;

/** With less sound than this nothing is read: a syllable says little. */
const MIN_SECONDS = 1;

export class SpeechStream {
  private readonly resampler: StreamResampler;
  private readonly frames: FrameStream;
  private readonly gate: SpeechGate;
  private readonly utterances: Utterances;
  private readonly voice: KnownVoice | null;
  private seconds = 0;
  private decided = 0;
  private sinceReading = Infinity;

  /** @param sampleRate Of the blocks, in Hz, whole. */
  constructor(
    private readonly sampleRate: number,
    private readonly classifier: EmotionClassifier,
    private readonly activity: SpeechActivity,
  ) {
    const { input, output } = classifier;
    // Each reading hears for the most part what the one before heard.
    const fresh = (READ_EVERY * DECISION_FRAMES * input.hop_length) / windowLength(input);
    this.voice = output.voices ? new KnownVoice(output.voices, fresh) : null;
    this.resampler = new StreamResampler(sampleRate, input.sample_rate, input.resampler);
    this.frames = new FrameStream(input);
    this.gate = new SpeechGate(activity.gate);
    this.utterances = new Utterances(this.gate);
  }

  /** @param samples Mono, -1..1, any number of them. */
  async push(samples: Float32Array): Promise<VoiceUpdate> {
    this.seconds += samples.length / this.sampleRate;
    this.frames.push(this.resampler.push(samples));
    const ends: number[] = [];
    for (let frame = this.decided; frame < this.frames.frames; frame++) if (completesDecision(frame)) ends.push(frame);
    this.decided = this.frames.frames;
    const decisions = await this.decide(ends);
    const newest = ends.at(-1);
    const voice = newest !== undefined && this.readingIsDue(newest) ? await this.read(newest) : null;
    return { seconds: this.seconds, speaking: this.gate.open, decisions, voice };
  }

  private async decide(ends: readonly number[]): Promise<SpeechDecision[]> {
    const first = ends[0];
    const last = ends.at(-1);
    if (first === undefined || last === undefined) return [];
    const decibels = this.frames.upTo(last, last - first + this.activity.frames);
    const offset = last + 1 - decibels.length / this.classifier.input.n_mels;
    const probabilities = await this.activity.probabilities(decibels, ends.map((end) => end - offset));
    return probabilities.map((probability, i) => {
      this.sinceReading += 1;
      return { end: this.secondsOf(ends[i]! + 1), probability, speaking: this.utterances.push(ends[i]!, probability) };
    });
  }

  private readingIsDue(frame: number): boolean {
    return this.gate.spoken >= READ_AFTER && this.sinceReading >= READ_EVERY && this.secondsOf(frame + 1) >= MIN_SECONDS;
  }

  private async read(frame: number): Promise<Voice> {
    this.sinceReading = 0;
    const { input, output } = this.classifier;
    const { decibels, start } = this.frames.window(frame, this.utterances.pauseBefore(frame));
    const [probabilities] = await this.classifier.probabilities([decibels]);
    const end = Math.min(start + windowLength(input), (frame + 1) * input.hop_length);
    return {
      speech: true,
      emotion: toCategorical(this.voice?.read(probabilities!) ?? probabilities!, output),
      start: start / input.sample_rate,
      end: end / input.sample_rate,
    };
  }

  private secondsOf(frames: number): number {
    const { hop_length: hop, sample_rate: rate } = this.classifier.input;
    return (frames * hop) / rate;
  }
}
