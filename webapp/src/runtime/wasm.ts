/**
 * The WASM backend, started by hand. TensorFlow.js would make its threads from blob: URLs, which a strict content
 * security policy forbids; here the same scripts are files beside the .wasm binaries.
 */
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm';
import '@tensorflow/tfjs-backend-wasm/dist/register_all_kernels';
import singleFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import threadedFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import { env, registerBackend } from '@tensorflow/tfjs-core';
import { MienError } from '../errors';

/** The pool that the threaded binary brings up holds this many workers. */
const MAX_THREADS = 8;

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
  if (!(await env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new MienError('backend-unavailable', 'this browser has no WebAssembly SIMD', 'Use a browser from 2023 or later.');
  }
  // One thread needs no pool: the plain binary starts sooner and spawns no worker.
  const threaded = threads > 1 && Boolean(await env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'));
  const used = threaded ? Math.min(threads, MAX_THREADS) : 1;
  setThreadsCount(used);
  // Started here and not in the factory, whose errors TensorFlow.js would swallow.
  const module = await startModule(folder, threaded);
  registerBackend('wasm', () => new BackendWasm(module));
  return used;
}

async function startModule(folder: URL, threaded: boolean): Promise<WasmModule> {
  const binary = new URL(`${FILE}-${threaded ? 'threaded-simd' : 'simd'}.wasm`, folder);
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

async function instantiate(binary: URL, imports: WebAssembly.Imports): Promise<WebAssembly.WebAssemblyInstantiatedSource> {
  const response = await fetch(binary, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  if (response.headers.get('content-type')?.startsWith('application/wasm')) {
    return WebAssembly.instantiateStreaming(response, imports);
  }
  return WebAssembly.instantiate(await response.arrayBuffer(), imports);
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
