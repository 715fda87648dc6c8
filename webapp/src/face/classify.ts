import { probabilitiesOf } from '../contract/readings';
import type { FaceCropInput } from '../contract/types';
import type { Network } from '../network';
import { levelTables, standardise } from './standardise';

/** By output name, the calibrated probabilities of one face. */
export type Probabilities = Record<string, Float64Array>;

/** Reads faces with one network, all crops of a frame in one batch. */
export class FaceClassifier {
  private readonly tables: Float32Array[];
  private values = new Float32Array(0);

  constructor(readonly network: Network<FaceCropInput>) {
    this.tables = levelTables(network.spec.input);
  }

  /** @param crops Levels as `cropFace` gives them. */
  async classify(crops: readonly Uint8Array[]): Promise<Probabilities[]> {
    if (crops.length === 0) return [];
    const { width, height } = this.network.spec.input;
    const channels = this.tables.length;
    const size = width * height * channels;
    const outputs = await this.network.run(this.batch(crops, size), [height, width, channels], crops.length);
    return crops.map((_, index) => this.read(outputs, index, crops.length));
  }

  /** The batch's values; the buffer is kept from frame to frame. */
  private batch(crops: readonly Uint8Array[], size: number): Float32Array {
    if (this.values.length < size * crops.length) this.values = new Float32Array(size * crops.length);
    crops.forEach((crop, index) => standardise(crop, this.tables, this.values, index * size));
    return this.values.subarray(0, size * crops.length);
  }

  private read(outputs: Record<string, Float32Array>, index: number, batch: number): Probabilities {
    const result: Probabilities = {};
    for (const [name, output] of Object.entries(this.network.spec.outputs)) {
      const values = outputs[name]!;
      const size = values.length / batch;
      const probabilities = probabilitiesOf(output, values.subarray(index * size, (index + 1) * size));
      if (probabilities) result[name] = probabilities;
    }
    return result;
  }
}
