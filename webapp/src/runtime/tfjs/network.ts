import { memory, tensor } from '@tensorflow/tfjs-core';
import type { ModelInput, ModelSpec } from '../../contract/types';
import type { Network } from '../../network';
import { readModel, type ModelFiles } from '../graph/read_model';
import { valuesOf } from '../graph/weights';
import { Graph } from './graph';

/** A graph model on TensorFlow.js's current backend. Owns its weights until `dispose`. */
export class GraphNetwork<Input extends ModelInput = ModelInput> implements Network<Input> {
  private readonly graph: Graph;
  private readonly outputNames: string[];

  constructor(
    readonly spec: ModelSpec<Input>,
    files: ModelFiles,
  ) {
    const { topology, weights, input, outputs } = readModel(files);
    const tensors = new Map([...weights].map(([name, weight]) => [name, tensor(valuesOf(weight), [...weight.shape], weight.dtype)]));
    this.outputNames = [...outputs.keys()];
    this.graph = new Graph(topology, tensors, input, [...outputs.values()]);
  }

  async run(values: Float32Array, shape: readonly number[], batch: number): Promise<Record<string, Float32Array>> {
    const input = tensor(values, [batch, ...shape], 'float32');
    let outputs;
    try {
      outputs = this.graph.execute(input);
    } finally {
      input.dispose();
    }
    try {
      const data = await Promise.all(outputs.map((output) => output.data<'float32'>()));
      return Object.fromEntries(this.outputNames.map((name, index) => [name, data[index]!]));
    } finally {
      outputs.forEach((output) => output.dispose());
    }
  }

  dispose(): void {
    this.graph.dispose();
  }
}

/** Tensors alive on all of TensorFlow.js's backends. */
export function tensorMemory(): { tensors: number; bytes: number } {
  const { numTensors, numBytes } = memory();
  return { tensors: numTensors, bytes: numBytes };
}
