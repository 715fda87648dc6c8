import { backend, env, ready, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import type { BackendName, RunningBackend } from '../running';
import { whenLost } from './lost';
import { GraphNetwork, tensorMemory } from './network';
import { registerWasm } from './wasm';
import { compileWasm } from './wasm_binary';

/**
 * Starts one of TensorFlow.js's backends and makes it the current one. WebGL's and WebGPU's code is fetched only here.
 * @param threads Wanted of `wasm`; fewer are used where there are none.
 */
export async function startTensorFlow(name: BackendName, wasmFolder: URL, threads?: number): Promise<RunningBackend> {
  const used = await register(name, wasmFolder, threads);
  if (!(await setBackend(name))) throw new Error('TensorFlow.js could not initialise it');
  await ready();
  return {
    name,
    threads: used,
    open: (files) => Promise.resolve(new GraphNetwork(files.spec, files)),
    lost: whenLost(backend() as object),
    memory: tensorMemory,
    resume: async () => { await setBackend(name); },
    stop: () => removeBackend(name),
  };
}

async function register(name: BackendName, wasmFolder: URL, threads?: number): Promise<number> {
  switch (name) {
    case 'wasm':
      return registerWasm(await compileWasm(wasmFolder, threads));
    case 'webgl':
      await import('@tensorflow/tfjs-backend-webgl');
      // Slow is better than nothing for somebody who asks for it; `auto` does not ask on software renderers.
      env().set('SOFTWARE_WEBGL_ENABLED', true);
      return 1;
    case 'webgpu':
      await import('@tensorflow/tfjs-backend-webgpu');
      return 1;
  }
}
