import { backend, env, ready, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { MienError } from '../errors';
import type { Backend } from '../types';
import { registerWasm } from './wasm';
import type { ComingWasm } from './wasm_binary';

export type BackendName = Exclude<Backend, 'auto'>;

export interface StartedBackend {
  name: BackendName;
  /** Threads on the processor; 1 for WebGL and WebGPU. */
  threads: number;
}

const HINTS: Record<BackendName, string> = {
  wasm: 'Use a current browser, and check that the server serves the wasm folder.',
  webgl: "Choose the backend 'wasm' or 'auto', or switch hardware acceleration on in the browser's settings.",
  webgpu: "Choose the backend 'wasm' or 'auto'; WebGPU needs a recent browser, a graphics processor and https.",
};

/** Starts a backend and makes it the current one. WebGL's and WebGPU's code is fetched only here. */
export async function startBackend(name: BackendName, wasm: () => Promise<ComingWasm>): Promise<StartedBackend> {
  try {
    const threads = await register(name, wasm);
    if (!(await setBackend(name))) throw new Error('TensorFlow.js could not initialise it');
    await ready();
    return { name, threads };
  } catch (error) {
    if (error instanceof MienError) throw error;
    throw new MienError('backend-unavailable', `the backend ${name} did not start: ${String(error)}`, HINTS[name]);
  }
}

async function register(name: BackendName, wasm: () => Promise<ComingWasm>): Promise<number> {
  switch (name) {
    case 'wasm':
      return registerWasm(wasm());
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

/** As much of TensorFlow.js's backends as tells of their end. */
interface Mortal {
  gpgpu?: { gl: { canvas: EventTarget } };
  device?: { lost: Promise<{ reason: string; message: string }> };
}

/**
 * Resolves, if ever, when the graphics processor behind the backend is gone, to what happened: the driver was reset, the
 * machine changed to another one, or the browser took it away. What is computed on it then never comes back.
 */
export function whenLost(running: Mortal = backend() as unknown as Mortal): Promise<string> {
  const { gpgpu, device } = running;
  if (device) return device.lost.then(({ reason, message }) => `the WebGPU device was lost (${[reason, message].filter(Boolean).join(': ')})`);
  if (!gpgpu) return new Promise(() => undefined);
  return new Promise((resolve) => {
    gpgpu.gl.canvas.addEventListener('webglcontextlost', () => resolve('the WebGL context was lost'), { once: true });
  });
}

/** Makes a backend that was started before the current one again. */
export async function resumeBackend(name: BackendName): Promise<void> {
  await setBackend(name);
}

/** Ends a backend; every tensor on it is gone. */
export function stopBackend(name: BackendName): void {
  removeBackend(name);
}

const SOFTWARE_RENDERER = /swiftshader|llvmpipe|software|basic render/i;

/** Which backends besides WASM might be faster here: those that a graphics processor stands behind. */
export async function acceleratedBackends(): Promise<BackendName[]> {
  const names: BackendName[] = [];
  if (await hasGraphicsAdapter()) names.push('webgpu');
  if (hasHardwareWebgl()) names.push('webgl');
  return names;
}

interface AdapterLike {
  isFallbackAdapter?: boolean;
  info?: { isFallbackAdapter?: boolean; architecture?: string; description?: string };
}

async function hasGraphicsAdapter(): Promise<boolean> {
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<AdapterLike | null> } }).gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter) return false;
  const fallback = adapter.isFallbackAdapter ?? adapter.info?.isFallbackAdapter ?? false;
  return !fallback && !SOFTWARE_RENDERER.test(`${adapter.info?.architecture} ${adapter.info?.description}`);
}

function hasHardwareWebgl(): boolean {
  if (typeof OffscreenCanvas === 'undefined') return false;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!gl) return false;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return !SOFTWARE_RENDERER.test(String(renderer));
}
