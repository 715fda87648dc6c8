import type { PictureKernels } from '../face/picture_kernels';
import type { Network } from '../network';
import type { Backend } from '../types';
import type { ModelFiles } from './graph/read_model';

export type BackendName = Exclude<Backend, 'auto'>;

export type OwnedNetwork = Network & { dispose(): void };

/** What is computed on. */
export interface RunningBackend {
  readonly name: BackendName;
  /** Threads on the processor; 1 for WebGL and WebGPU. */
  readonly threads: number;
  /**
   * Makes a network of a model's files.
   * @param shape Of one input, without the batch axis.
   * @throws MienError `spec-invalid` where the files are broken, or ask for what cannot be computed.
   */
  open(files: ModelFiles, shape: readonly number[]): Promise<OwnedNetwork>;
  /** Where it has some. */
  readonly pictures?: PictureKernels;
  /** Resolves, if ever, to how it was lost; what is computed on it then never comes back. */
  readonly lost: Promise<string>;
  memory(): { tensors: number; bytes: number };
  /** Makes it the one that is computed on again, after another was started. */
  resume(): Promise<void>;
  /** Ends it; every tensor on it is gone. */
  stop(): void;
}

/** Where the binaries of the backend `wasm` come from. */
export interface WasmFiles {
  folder: URL;
  /** The page's kernels, asked for once, however often it is called; null where this browser cannot run them. */
  kernels: () => Promise<WebAssembly.Module | null>;
}
