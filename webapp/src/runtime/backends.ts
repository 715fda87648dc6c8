import { MienError } from '../errors';
import { KernelBackend } from './kernels/backend';
import type { BackendName, RunningBackend, WasmFiles } from './running';

const HINTS: Record<BackendName, string> = {
  wasm: 'Use a current browser, and check that the server serves the wasm folder.',
  webgl: "Choose the backend 'wasm' or 'auto', or switch hardware acceleration on in the browser's settings.",
  webgpu: "Choose the backend 'wasm' or 'auto'; WebGPU needs a recent browser, a graphics processor and https.",
};

/** Starts a backend. TensorFlow.js is fetched only where something is to be computed by it. */
export async function startBackend(name: BackendName, wasm: WasmFiles): Promise<RunningBackend> {
  try {
    return name === 'wasm' ? await KernelBackend.start(await wasm.kernels(), () => startOther(name, wasm.folder)) : await startOther(name, wasm.folder);
  } catch (error) {
    throw unavailable(name, error);
  }
}

/** TensorFlow.js's backend of a name. */
async function startOther(name: BackendName, wasmFolder: URL): Promise<RunningBackend> {
  try {
    const { startTensorFlow } = await import('./tfjs/start');
    return await startTensorFlow(name, wasmFolder);
  } catch (error) {
    throw unavailable(name, error);
  }
}

function unavailable(name: BackendName, error: unknown): MienError {
  if (error instanceof MienError) return error;
  return new MienError('backend-unavailable', `the backend ${name} did not start: ${String(error)}`, HINTS[name]);
}
