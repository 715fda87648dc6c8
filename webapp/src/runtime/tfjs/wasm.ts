/**
 * TensorFlow.js's WASM backend, started by hand. TensorFlow.js would make its threads from blob: URLs, which a strict content
 * security policy forbids; here the same scripts are files beside the .wasm binaries.
 */
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm';
import singleFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import threadedFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import { registerBackend } from '@tensorflow/tfjs-core';
import { notStarted } from '../wasm_module';
import './kernels';
import type { ComingWasm } from './wasm_binary';

/** The pool that the threaded binary brings up holds this many workers. */
const MAX_THREADS = 8;

type WasmModule = ConstructorParameters<typeof BackendWasm>[0];

/** What every Emscripten module has. */
interface Emscripten {
  cwrap: <F>(name: string, returns: 'number' | null, parameters: 'number'[]) => F;
}

type Receive = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

/**
 * Registers the backend `wasm`. Resolves to the number of threads it will use.
 * @throws MienError `backend-unavailable` where the binary does not start.
 */
export async function registerWasm(wasm: ComingWasm): Promise<number> {
  const used = wasm.threaded ? Math.min(wasm.threads, MAX_THREADS) : 1;
  setThreadsCount(used);
  // Started here and not in the factory, whose errors TensorFlow.js would swallow.
  const module = await startModule(wasm);
  registerBackend('wasm', () => new BackendWasm(module));
  return used;
}

async function startModule({ folder, file, threaded, module: binary }: ComingWasm): Promise<WasmModule> {
  const script = new URL(file.replace(/\.wasm$/, '.js'), folder);
  const module = await new Promise<WasmModule>((resolve, reject) => {
    const failed = (error: unknown): void => reject(notStarted(new URL(file, folder), error));
    const settings = {
      locateFile: (path: string) => new URL(path, folder).href,
      mainScriptUrlOrBlob: script.href,
      instantiateWasm: (imports: WebAssembly.Imports, receive: Receive) => {
        WebAssembly.instantiate(binary, imports).then((instance) => receive(instance, binary), failed);
        return {};
      },
      onAbort: failed,
    };
    (threaded ? threadedFactory : singleFactory)(settings).then(resolve, failed);
  });
  return withEntryPoints(module);
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
