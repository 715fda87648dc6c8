/**
 * TensorFlow.js's WASM binary: which one serves here, and its compiling, which waits for none of the code that is to run
 * it.
 */
import { simd, threads as multithread } from 'wasm-feature-detect';
import { MienError } from '../../errors';
import { fetchBytes } from './files';

/** A stream of a binary that takes longer is given up: it may have stalled, which cannot be seen from outside. */
const STREAM_MS = 30_000;

const FILE = 'tfjs-backend-wasm';
const HINT = 'Check that the server serves the wasm folder beside mien.js, and use a current browser.';

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
  const url = new URL(binary.file, folder);
  const module = await compile(url).catch((error: unknown) => { throw notStarted(url, error); });
  return { ...binary, folder, threads, module };
}

/**
 * The binary for a browser that can so much. One thread needs no pool: the binary without starts sooner and spawns no
 * worker. Threads come with SIMD only; a browser without it is so old that it has neither, and gets the plain binary.
 */
export function binaryFor(hasSimd: boolean, hasThreads: boolean, threads: number): WasmBinary {
  const threaded = hasSimd && hasThreads && threads > 1;
  return { file: `${FILE}${threaded ? '-threaded-simd' : hasSimd ? '-simd' : ''}.wasm`, threaded };
}

/** Browsers keep what they compiled from a stream, so that comes first; where the network breaks it off, the patient way. */
async function compile(binary: URL): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compileStreaming(fetch(binary, { credentials: 'same-origin', signal: AbortSignal.timeout(STREAM_MS) }));
  } catch {
    return WebAssembly.compile(await fetchBytes(binary));
  }
}

export function notStarted(binary: URL, error: unknown): MienError {
  return new MienError('backend-unavailable', `${binary.pathname} did not start: ${String(error)}`, HINT);
}
