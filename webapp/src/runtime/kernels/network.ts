import type { ModelInput, ModelSpec } from '../../contract/types';
import type { Network } from '../../network';
import { order, type Order } from '../graph/order';
import { readModel, type ModelFiles } from '../graph/read_model';
import { compile, type Compiled } from './compile';
import { Constants } from './constants';
import type { KernelRuntime } from './runtime';
import { addressOf, bytesOf, write } from './steps';
import { product } from './tensor';

/** More at once gain nothing, and would want a workspace of their size for good. */
const MAX_BATCH = 8;

/** Plans of so many shapes are kept. */
const MAX_PLANS = 8;

/** What is called, one after another: each kernel with the address of what it is told. */
interface Plan {
  compiled: Compiled;
  calls: (() => void)[];
  /** Of what the kernels are told. */
  told: number;
  /** That this was written for. */
  workspace: number;
}

/** A graph model on the page's own kernels. Owns its weights until `dispose`. */
export class KernelNetwork<Input extends ModelInput = ModelInput> implements Network<Input> {
  private readonly order: Order;
  private readonly constants: Constants;
  private readonly outputNames: readonly string[];
  /** By shape; the one that was used last comes last. */
  private readonly plans = new Map<string, Plan>();

  /**
   * @param shape Of one input, without the batch axis.
   * @throws Unsupported where the kernels do not compute what the graph asks for; MienError `spec-invalid` where the files are broken.
   */
  constructor(
    private readonly runtime: KernelRuntime,
    readonly spec: ModelSpec<Input>,
    files: ModelFiles,
    shape: readonly number[],
  ) {
    const { topology, weights, input, outputs } = readModel(files);
    this.outputNames = [...outputs.keys()];
    this.order = order(topology, weights, input, [...outputs.values()]);
    this.constants = new Constants(runtime, weights);
    try {
      this.planFor([1, ...shape]);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  run(values: Float32Array, shape: readonly number[], batch: number): Promise<Record<string, Float32Array>> {
    const one = product(shape);
    if (values.length !== batch * one) return Promise.reject(new RangeError(`expected ${batch} x ${one} numbers, found ${values.length}`));
    const parts: Float32Array[][] = [];
    for (let from = 0; from < batch; from += MAX_BATCH) {
      const count = Math.min(MAX_BATCH, batch - from);
      parts.push(this.execute(values.subarray(from * one, (from + count) * one), [count, ...shape]));
    }
    return Promise.resolve(Object.fromEntries(this.outputNames.map((name, index) => [name, joined(parts.map((part) => part[index]!))])));
  }

  /** In the kernels' memory. */
  get tensors(): number {
    return this.constants.count;
  }

  dispose(): void {
    for (const plan of this.plans.values()) this.runtime.heap.release(plan.told);
    this.plans.clear();
    this.constants.dispose();
  }

  private execute(values: Float32Array, shape: readonly number[]): Float32Array[] {
    const { compiled, calls, workspace } = this.planFor(shape);
    const { heap } = this.runtime;
    heap.floats(addressOf(compiled.input, workspace), compiled.input.count).set(values);
    for (const call of calls) call();
    return compiled.outputs.map((output) => heap.floats(addressOf(output, workspace), output.count).slice());
  }

  private planFor(shape: readonly number[]): Plan {
    const key = shape.join();
    const known = this.plans.get(key);
    this.plans.delete(key);
    const compiled = known?.compiled ?? compile(this.order, this.constants, shape);
    const told = known?.told ?? this.runtime.heap.allocate(bytesOf(compiled.steps));
    const workspace = this.runtime.workspaceOf(compiled.bytes);
    const plan = known?.workspace === workspace ? known : { compiled, told, workspace, calls: this.callsOf(compiled, told, workspace) };
    this.plans.set(key, plan);
    if (this.plans.size > MAX_PLANS) this.forgetOldest();
    return plan;
  }

  private callsOf({ steps }: Compiled, told: number, workspace: number): (() => void)[] {
    const begins = write(steps, this.runtime.heap.dataView(told, bytesOf(steps)), workspace);
    return steps.map(({ kernel }, index) => {
      const call = this.runtime.kernels[kernel];
      const at = told + begins[index]!;
      return () => call(at);
    });
  }

  private forgetOldest(): void {
    const [[key, { told }]] = this.plans as unknown as [[string, Plan]];
    this.plans.delete(key);
    this.runtime.heap.release(told);
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
