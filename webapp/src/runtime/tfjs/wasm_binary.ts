/** TensorFlow.js's WASM binary: which one serves here, and its compiling. */
import { simd, threads as multithread } from 'wasm-feature-detect';
import { compileModule } from '../wasm_module';

const FILE = 'tfjs-backend-wasm';

export interface WasmBinary {
  file: string;
  threaded: boolean;
}

/** A binary on its way. */
export interface ComingWasm extends WasmBinary {
  /** The folder that it comes from, with the scripts of the threads. */
  folder: URL;
  /** Wanted; fewer are used where the binary has none. */
  threads: number;
  module: WebAssembly.Module;
}

/** Half of the processors: TensorFlow.js gains nothing from their hyper-threaded twins. One where threads cannot be. */
function threadsHere(): number {
  return crossOriginIsolated ? Math.max(1, Math.floor(navigator.hardwareConcurrency / 2)) : 1;
}

/**
 * Fetches and compiles the binary for this browser.
 * @param threads Wanted; more than one needs a cross-origin isolated page.
 * @throws MienError `backend-unavailable`.
 */
export async function compileWasm(folder: URL, threads = threadsHere()): Promise<ComingWasm> {
  const binary = binaryFor(await simd(), await multithread(), threads);
  return { ...binary, folder, threads, module: await compileModule(new URL(binary.file, folder)) };
}

/**
 * The binary for a browser that can so much. One thread needs no pool: the binary without starts sooner and spawns no
 * worker. Threads come with SIMD only; a browser without it is so old that it has neither, and gets the plain binary.
 */
export function binaryFor(hasSimd: boolean, hasThreads: boolean, threads: number): WasmBinary {
  const threaded = hasSimd && hasThreads && threads > 1;
  return { file: `${FILE}${threaded ? '-threaded-simd' : hasSimd ? '-simd' : ''}.wasm`, threaded };
}
