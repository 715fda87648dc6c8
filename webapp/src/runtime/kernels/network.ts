import type { ModelInput, ModelSpec } from '../../contract/types';
import type { Network } from '../../network';
import { readModel, type ModelFiles } from '../graph/read_model';
import { KernelGraph } from './graph';
import type { KernelRuntime } from './runtime';
import { product } from './tensor';

/** More at once gain nothing, and would want a workspace of their size for good. */
const MAX_BATCH = 8;

/** A graph model on the page's own kernels. */
export class KernelNetwork<Input extends ModelInput = ModelInput> implements Network<Input> {
  private readonly graph: KernelGraph;
  private readonly outputNames: readonly string[];

  /**
   * @param shape Of one input, without the batch axis.
   * @throws Unsupported where the kernels do not compute what the model asks for; MienError `spec-invalid` where its files are broken.
   */
  constructor(
    runtime: KernelRuntime,
    readonly spec: ModelSpec<Input>,
    files: ModelFiles,
    shape: readonly number[],
  ) {
    const { topology, weights, input, outputs } = readModel(files);
    this.outputNames = [...outputs.keys()];
    this.graph = new KernelGraph(runtime, topology, weights, input, [...outputs.values()], [1, ...shape]);
  }

  run(values: Float32Array, shape: readonly number[], batch: number): Promise<Record<string, Float32Array>> {
    return new Promise((resolve) => resolve(this.compute(values, shape, batch)));
  }

  /** Weights in the kernels' memory. */
  get tensors(): number {
    return this.graph.tensors;
  }

  dispose(): void {
    this.graph.dispose();
  }

  private compute(values: Float32Array, shape: readonly number[], batch: number): Record<string, Float32Array> {
    const one = product(shape);
    const parts: Float32Array[][] = [];
    for (let from = 0; from < batch; from += MAX_BATCH) {
      const count = Math.min(MAX_BATCH, batch - from);
      parts.push(this.graph.execute(values.subarray(from * one, (from + count) * one), [count, ...shape]));
    }
    return Object.fromEntries(this.outputNames.map((name, index) => [name, joined(parts.map((part) => part[index]!))]));
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
