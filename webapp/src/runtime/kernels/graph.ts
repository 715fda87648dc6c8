import type { Reader } from '../../contract/reader';
import { order, type Order } from '../graph/order';
import type { Weight } from '../graph/weights';
import { compile, type Compiled } from './compile';
import { Constants } from './constants';
import type { KernelRuntime } from './runtime';
import { addressOf, bytesTold, write } from './steps';
import { product } from './tensor';

/** Plans for so many shapes are kept. */
const MAX_PLANS = 8;

/** What is called, one after another: each kernel with the address of what it is told. */
interface Plan {
  compiled: Compiled;
  calls: readonly (() => void)[];
  /** Of what the kernels are told. */
  told: number;
  /** That this was written for. */
  workspace: number;
}

/** A graph on the page's own kernels: for each shape of input a list of calls, which is made once. Owns its weights until `dispose`. */
export class KernelGraph {
  private readonly order: Order;
  private readonly constants: Constants;
  /** By shape; the one that was used last comes last. */
  private readonly plans = new Map<string, Plan>();

  /**
   * @param topology Of `model.json`.
   * @param weights By name.
   * @param input Name of the tensor that is fed.
   * @param outputs Names of those that are computed.
   * @param shape Of an input, for which the first plan is made.
   * @throws Unsupported where the kernels do not compute what the graph asks for; MienError `spec-invalid` where it is broken.
   */
  constructor(
    private readonly runtime: KernelRuntime,
    topology: Reader,
    weights: ReadonlyMap<string, Weight>,
    input: string,
    outputs: readonly string[],
    shape: readonly number[],
  ) {
    this.order = order(topology, weights, input, outputs);
    this.constants = new Constants(runtime, weights);
    try {
      this.planFor(shape);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Computes the outputs, in the order in which they were asked for. */
  execute(values: Float32Array, shape: readonly number[]): Float32Array<ArrayBuffer>[] {
    if (values.length !== product(shape)) throw new RangeError(`expected ${shape.join(' x ')} numbers, found ${values.length}`);
    const { compiled, calls, workspace } = this.planFor(shape);
    const { heap } = this.runtime;
    heap.floats(addressOf(compiled.input, workspace), values.length).set(values);
    for (const call of calls) call();
    return compiled.outputs.map((output) => heap.floats(addressOf(output, workspace), product(output.shape)).slice());
  }

  /** Weights in the kernels' memory. */
  get tensors(): number {
    return this.constants.count;
  }

  dispose(): void {
    for (const { told } of this.plans.values()) this.runtime.heap.release(told);
    this.plans.clear();
    this.constants.dispose();
  }

  private planFor(shape: readonly number[]): Plan {
    const key = shape.join();
    const known = this.plans.get(key);
    this.plans.delete(key);
    const compiled = known?.compiled ?? compile(this.order, this.constants, shape);
    const told = known?.told ?? this.runtime.heap.allocate(bytesTold(compiled.steps));
    const workspace = this.runtime.workspaceOf(compiled.bytes);
    const plan = known?.workspace === workspace ? known : { compiled, told, workspace, calls: this.callsOf(compiled, told, workspace) };
    this.plans.set(key, plan);
    if (this.plans.size > MAX_PLANS) this.forgetOldest();
    return plan;
  }

  private callsOf({ steps }: Compiled, told: number, workspace: number): (() => void)[] {
    const begins = write(steps, this.runtime.heap.dataView(told, bytesTold(steps)), workspace);
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
