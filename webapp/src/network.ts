import type { ModelInput, ModelSpec } from './contract/types';

/** A loaded model as the face and speech rooms see it: numbers in, numbers out, no tensors. */
export interface Network<Input extends ModelInput = ModelInput> {
  readonly spec: ModelSpec<Input>;
  /**
   * Runs a batch.
   * @param values `batch` inputs, one after another, each of `shape`.
   * @param shape Of one input, without the batch axis.
   * @returns By output name: `batch` outputs, one after another.
   */
  run(values: Float32Array, shape: readonly number[], batch: number): Promise<Record<string, Float32Array>>;
}
