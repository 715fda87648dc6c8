import type { Tensor } from '@tensorflow/tfjs-core';
import type { Reader } from '../../contract/reader';
import { plan, type Plan } from './plan';

/**
 * A graph model on the current backend: kernels one after another, in an order that is found once. TensorFlow.js's own
 * executor looks every attribute up anew for every picture and wraps each kernel in checks of its arguments, which took
 * 0.2 to 0.5 ms a network (in Node on two busy cores): a third and more of the smallest one's time.
 */
export class Graph {
  private readonly plan: Plan;
  /** By place. Between two executions, weights only. */
  private readonly tensors: (Tensor | null)[];

  /**
   * @param topology Of `model.json`.
   * @param weights By name; they are the graph's from here on.
   * @param input Name of the tensor that is fed.
   * @param outputs Names of those that are computed.
   * @throws MienError `spec-invalid` where the graph cannot be computed here; the weights are disposed of then.
   */
  constructor(topology: Reader, weights: ReadonlyMap<string, Tensor>, input: string, outputs: readonly string[]) {
    try {
      this.plan = plan(topology, weights, input, outputs);
    } catch (error) {
      for (const weight of weights.values()) weight.dispose();
      throw error;
    }
    this.tensors = Array.from({ length: this.plan.places }, () => null);
    for (const [name, weight] of weights) {
      const place = this.plan.weights.get(name);
      if (place === undefined) weight.dispose();
      else this.tensors[place] = weight;
    }
  }

  /** Computes the outputs, which are the caller's to dispose of, as the input stays the caller's. */
  execute(input: Tensor): Tensor[] {
    const { tensors, plan } = this;
    tensors[plan.input] = input;
    try {
      for (const step of plan.steps) {
        const computed = step.compute(step.inputs.map((place) => tensors[place]!));
        if (Array.isArray(computed)) step.outputs.forEach((place, index) => (tensors[place] = computed[index]!));
        else tensors[step.outputs[0]!] = computed;
        for (const place of step.last) this.drop(place);
      }
      return plan.outputs.map((place) => this.take(place));
    } finally {
      tensors[plan.input] = null;
      // Nothing is left but after an error.
      for (const { outputs } of plan.steps) outputs.forEach((place) => this.drop(place));
    }
  }

  dispose(): void {
    this.tensors.forEach((_, place) => this.drop(place));
  }

  private take(place: number): Tensor {
    const tensor = this.tensors[place]!;
    this.tensors[place] = null;
    return tensor;
  }

  private drop(place: number): void {
    this.tensors[place]?.dispose();
    this.tensors[place] = null;
  }
}
