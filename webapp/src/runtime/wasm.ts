/**
 * The WASM backend, started by hand. TensorFlow.js would make its threads from blob: URLs, which a strict content
 * security policy forbids; here the same scripts are files beside the .wasm binaries.
 */
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm';
import singleFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import threadedFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import { env, registerBackend } from '@tensorflow/tfjs-core';
import { MienError } from '../errors';
import { fetchBytes } from './files';
import './tfjs/kernels';

/** The pool that the threaded binary brings up holds this many workers. */
const MAX_THREADS = 8;

/** A stream of a binary that takes longer is given up: it may have stalled, which cannot be seen from outside. */
const STREAM_MS = 30_000;

const FILE = 'tfjs-backend-wasm';
const HINT = 'Check that the server serves the wasm folder beside mien.js, and use a current browser.';

export interface WasmOptions {
  /** The folder with the .wasm binaries and the scripts of the threads. */
  folder: URL;
  /** Wanted; more than one needs a cross-origin isolated page. */
  threads: number;
}

type WasmModule = ConstructorParameters<typeof BackendWasm>[0];

/** What every Emscripten module has. */
interface Emscripten {
  cwrap: <F>(name: string, returns: 'number' | null, parameters: 'number'[]) => F;
}

type Receive = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

/** Half of the processors: TensorFlow.js gains nothing from their hyper-threaded twins. One where threads cannot be. */
export function threadsHere(): number {
  return crossOriginIsolated ? Math.max(1, Math.floor(navigator.hardwareConcurrency / 2)) : 1;
}

/** Registers the backend `wasm`. Resolves to the number of threads it will use. */
export async function registerWasm({ folder, threads }: WasmOptions): Promise<number> {
  const simd = Boolean(await env().getAsync('WASM_HAS_SIMD_SUPPORT'));
  const binary = binaryFor(simd, Boolean(await env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')), threads);
  const used = binary.threaded ? Math.min(threads, MAX_THREADS) : 1;
  setThreadsCount(used);
  // Started here and not in the factory, whose errors TensorFlow.js would swallow.
  const module = await startModule(folder, binary);
  registerBackend('wasm', () => new BackendWasm(module));
  return used;
}

export interface WasmBinary {
  file: string;
  threaded: boolean;
}

/**
 * The binary for a browser that can so much. One thread needs no pool: the binary without starts sooner and spawns no
 * worker. Threads come with SIMD only; a browser without it is so old that it has neither, and gets the plain binary.
 */
export function binaryFor(simd: boolean, multithread: boolean, threads: number): WasmBinary {
  const threaded = simd && multithread && threads > 1;
  return { file: `${FILE}${threaded ? '-threaded-simd' : simd ? '-simd' : ''}.wasm`, threaded };
}

async function startModule(folder: URL, { file, threaded }: WasmBinary): Promise<WasmModule> {
  const binary = new URL(file, folder);
  const script = new URL(`${FILE}-threaded-simd.js`, folder);
  const module = await new Promise<WasmModule>((resolve, reject) => {
    const failed = (error: unknown): void =>
      reject(new MienError('backend-unavailable', `${binary.pathname} did not start: ${String(error)}`, HINT));
    const settings = {
      locateFile: (path: string) => new URL(path, folder).href,
      mainScriptUrlOrBlob: script.href,
      instantiateWasm: (imports: WebAssembly.Imports, receive: Receive) => {
        instantiate(binary, imports).then(({ instance, module }) => receive(instance, module), failed);
        return {};
      },
      onAbort: failed,
    };
    (threaded ? threadedFactory : singleFactory)(settings).then(resolve, failed);
  });
  return withEntryPoints(module);
}

/** Browsers keep what they compiled from a stream, so that comes first; where the network breaks it off, the patient way. */
async function instantiate(binary: URL, imports: WebAssembly.Imports): Promise<WebAssembly.WebAssemblyInstantiatedSource> {
  try {
    const response = await fetch(binary, { credentials: 'same-origin', signal: AbortSignal.timeout(STREAM_MS) });
    return await WebAssembly.instantiateStreaming(response, imports);
  } catch {
    return WebAssembly.instantiate(await fetchBytes(binary), imports);
  }
}

/** The C functions that TensorFlow.js's BackendWasm expects under `module.tfjs`. */
function withEntryPoints(module: WasmModule): WasmModule {
  const { cwrap: bind } = module as unknown as Emscripten;
  module.tfjs = {
    init: bind('init', null, []),
    initWithThreadsCount: bind('init_with_threads_count', null, ['number']),
    getThreadsCount: bind('get_threads_count', 'number', []),
    registerTensor: bind('register_tensor', null, ['number', 'number', 'number']),
    disposeData: bind('dispose_data', null, ['number']),
    dispose: bind('dispose', null, []),
  };
  return module;
}
