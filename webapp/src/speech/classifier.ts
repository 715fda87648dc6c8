/** Log-mels of windows to calibrated probabilities of the emotions. */
import { softmax } from '../contract/readings';
import type { CategoricalOutput, LogMelInput } from '../contract/types';
import { MienError } from '../errors';
import type { Network } from '../network';
import { standardiseLogMel } from './log_mel';

export class EmotionClassifier {
  readonly output: CategoricalOutput;

  constructor(private readonly network: Network<LogMelInput>) {
    const { emotion } = network.spec.outputs;
    if (emotion?.kind !== 'categorical') {
      throw new MienError(
        'spec-invalid',
        `${network.spec.task}/spec.json: outputs.emotion: expected an output of kind "categorical"`,
        'Rebuild the speech model with mien-convert.',
      );
    }
    this.output = emotion;
  }

  get input(): LogMelInput {
    return this.network.spec.input;
  }

  /** @param batch Unstandardised log-mels of whole windows. */
  async probabilities(batch: readonly Float64Array[]): Promise<Float64Array[]> {
    if (batch.length === 0) return [];
    const { n_mels: bands } = this.input;
    const size = batch[0]!.length;
    const values = new Float32Array(size * batch.length);
    batch.forEach((decibels, index) => standardiseLogMel(decibels, this.input, values, index * size));
    const outputs = await this.network.run(values, [size / bands, bands, 1], batch.length);
    const { labels, temperature } = this.output;
    return batch.map((_, i) => softmax(outputs.emotion!.subarray(i * labels.length, (i + 1) * labels.length), temperature));
  }
}
