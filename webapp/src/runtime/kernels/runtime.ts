import { Heap } from './heap';
import type { KernelName } from './calls';

type Kernel = (at: number) => void;

/** What the binary exports; see webapp/kernels/index.ts. */
export interface KernelExports extends Readonly<Record<KernelName, Kernel>> {
  memory: WebAssembly.Memory;
  heap: () => number;
  widenBytes: (scales: number, levels: number, output: number, count: number, channels: number) => void;
  widenHalves: (input: number, output: number, count: number) => void;
  /** See webapp/kernels/crop.ts. */
  crop: (
    ...places: [picture: number, width: number, height: number, output: number, cropWidth: number, cropHeight: number, ...map: number[]]
  ) => void;
  /** See webapp/kernels/letterbox.ts. */
  letterbox: (
    ...places: [picture: number, width: number, across: number, down: number, output: number, size: number, ...placement: number[]]
  ) => void;
  winogradWeights: (input: number, output: number, depth: number, channels: number) => void;
  winogradLargeWeights: (input: number, output: number, depth: number, channels: number) => void;
  pack: (input: number, output: number, rows: number, columns: number, row: number, column: number) => void;
}

/** The page's kernels and their memory, which all networks share. */
export class KernelRuntime {
  readonly heap: Heap;
  private workspace = { at: 0, bytes: 0 };

  private constructor(
    readonly module: WebAssembly.Module,
    readonly kernels: KernelExports,
  ) {
    this.heap = new Heap(kernels.memory, kernels.heap());
  }

  static async start(module: WebAssembly.Module): Promise<KernelRuntime> {
    const { exports } = await WebAssembly.instantiate(module, {});
    return new KernelRuntime(module, exports as unknown as KernelExports);
  }

  /**
   * The address of at least so many bytes for what is computed on the way. Networks run one after another, so that one such
   * place serves all; it moves when it grows.
   */
  workspaceOf(bytes: number): number {
    if (bytes > this.workspace.bytes) {
      if (this.workspace.bytes > 0) this.heap.release(this.workspace.at);
      this.workspace = { at: this.heap.allocate(bytes), bytes };
    }
    return this.workspace.at;
  }
}
