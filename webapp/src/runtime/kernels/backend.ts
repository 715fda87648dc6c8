import type { PictureKernels } from '../../face/picture_kernels';
import type { ModelFiles } from '../graph/read_model';
import type { OwnedNetwork, RunningBackend } from '../running';
import { KernelNetwork } from './network';
import { KernelPictures } from './pictures';
import { rehearse } from './rehearsal';
import { KernelRuntime } from './runtime';
import { Unsupported } from './unsupported';

/** The backend `wasm`: the page's own kernels, and TensorFlow.js's for models and in browsers that they are not for. */
export class KernelBackend implements RunningBackend {
  readonly name = 'wasm';
  /** A processor is lost with everything else. */
  readonly lost = new Promise<string>(() => undefined);
  readonly pictures?: PictureKernels;
  private readonly networks = new Set<KernelNetwork>();
  private started: RunningBackend | null = null;
  private starting: Promise<RunningBackend> | null = null;

  /** @param startOther TensorFlow.js's backend, which is fetched only if it is called. */
  private constructor(
    private readonly runtime: KernelRuntime | null,
    private readonly startOther: () => Promise<RunningBackend>,
  ) {
    if (runtime) this.pictures = new KernelPictures(runtime);
  }

  /** @param module None where the browser cannot run the kernels. */
  static async start(module: WebAssembly.Module | null, startOther: () => Promise<RunningBackend>): Promise<KernelBackend> {
    const runtime = module && (await KernelRuntime.start(module));
    if (runtime) rehearse(runtime);
    return new KernelBackend(runtime, startOther);
  }

  get threads(): number {
    return this.started?.threads ?? 1;
  }

  async open(files: ModelFiles, shape: readonly number[]): Promise<OwnedNetwork> {
    const here = this.runtime && this.openHere(this.runtime, files, shape);
    return here ?? (await this.other()).open(files, shape);
  }

  memory(): { tensors: number; bytes: number } {
    const others = this.started?.memory() ?? { tensors: 0, bytes: 0 };
    const weights = [...this.networks].reduce((sum, { tensors }) => sum + tensors, 0);
    const workspace = weights > 0 ? 1 : 0;
    return { tensors: others.tensors + weights + workspace, bytes: others.bytes + (this.runtime?.heap.bytes ?? 0) };
  }

  async resume(): Promise<void> {
    await this.started?.resume();
  }

  stop(): void {
    this.started?.stop();
  }

  /** Null where the kernels do not compute what the model asks for. */
  private openHere(runtime: KernelRuntime, files: ModelFiles, shape: readonly number[]): OwnedNetwork | null {
    try {
      const network = new KernelNetwork(runtime, files.spec, files, shape);
      this.networks.add(network);
      return {
        spec: network.spec,
        run: (values, sides, batch) => network.run(values, sides, batch),
        dispose: () => {
          network.dispose();
          this.networks.delete(network);
        },
      };
    } catch (error) {
      if (error instanceof Unsupported) return null;
      throw error;
    }
  }

  private async other(): Promise<RunningBackend> {
    this.started = await (this.starting ??= this.startOther());
    return this.started;
  }
}
