/** Two ways to tell whether somebody speaks from a log-mel: a small network, and the rule that serves where it is missing. */
import { softmax } from '../contract/readings';
import type { CategoricalOutput, GateSpec, LogMelInput } from '../contract/types';
import { MienError } from '../errors';
import type { Network } from '../network';
import { decisionWindow } from './decisions';
import { standardiseLogMel } from './log_mel';
import { hasSpeech } from './voice_activity';
import { windowLength } from './windows';

/** Windows read at once: bounds the memory that a long clip takes. */
const MAX_BATCH = 32;

/** The rule says yes or no, so any threshold will do. */
const RULE_GATE: GateSpec = { open_at: 0.5, keep_at: 0.5, hangover: 5 };
const RULE_SECONDS = 1;

export interface SpeechActivity {
  readonly gate: GateSpec;
  /** Frames that a decision looks at, the newest included. */
  readonly frames: number;
  /** The probability of speech in the newest frames up to each of `ends`, which index frames of `decibels`. */
  probabilities(decibels: Float64Array, ends: readonly number[]): Promise<number[]>;
}

/** The network `voice-activity`, on the frames that the emotion's pipeline computes anyway. */
export class NetworkActivity implements SpeechActivity {
  readonly gate: GateSpec;
  readonly frames: number;
  private readonly output: CategoricalOutput;
  private readonly speech: number;

  /** Throws MienError `spec-invalid` where the two models do not hear the same frames. */
  constructor(
    private readonly network: Network<LogMelInput>,
    heard: LogMelInput,
  ) {
    const { gate, outputs, input, task } = network.spec;
    const output = outputs.speech;
    const speech = output?.kind === 'categorical' ? output.labels.indexOf('speech') : -1;
    const differs = (['sample_rate', 'n_fft', 'hop_length', 'n_mels', 'fmin', 'fmax', 'amin'] as const).find((key) => input[key] !== heard[key]);
    if (!gate || output?.kind !== 'categorical' || speech < 0 || differs) {
      const why = differs ? `input.${differs}: expected ${heard[differs]}, as the speech model has it, found ${input[differs]}` : 'expected a gate and an output "speech"';
      throw new MienError('spec-invalid', `${task}/spec.json: ${why}`, 'Rebuild the models with mien-convert.');
    }
    this.gate = gate;
    this.output = output;
    this.speech = speech;
    this.frames = 1 + Math.floor(windowLength(input) / input.hop_length);
  }

  async probabilities(decibels: Float64Array, ends: readonly number[]): Promise<number[]> {
    const result: number[] = [];
    for (let first = 0; first < ends.length; first += MAX_BATCH) {
      result.push(...(await this.batch(decibels, ends.slice(first, first + MAX_BATCH))));
    }
    return result;
  }

  private async batch(decibels: Float64Array, ends: readonly number[]): Promise<number[]> {
    const { input } = this.network.spec;
    const { n_mels: bands } = input;
    const size = this.frames * bands;
    const values = new Float32Array(size * ends.length);
    ends.forEach((end, i) => standardiseLogMel(decisionWindow(decibels, bands, end, this.frames), input, values, i * size));
    const { speech: logits } = await this.network.run(values, [this.frames, bands, 1], ends.length);
    const { labels, temperature } = this.output;
    return ends.map((_, i) => softmax(logits!.subarray(i * labels.length, (i + 1) * labels.length), temperature)[this.speech]!);
  }
}

/** The rule of `voice_activity.ts` on the last second. */
export class RuleActivity implements SpeechActivity {
  readonly gate = RULE_GATE;
  readonly frames: number;

  constructor(private readonly input: LogMelInput) {
    this.frames = 1 + Math.floor((RULE_SECONDS * input.sample_rate) / input.hop_length);
  }

  probabilities(decibels: Float64Array, ends: readonly number[]): Promise<number[]> {
    const said = (end: number): number => Number(hasSpeech(decisionWindow(decibels, this.input.n_mels, end, this.frames), this.input));
    return Promise.resolve(ends.map(said));
  }
}
