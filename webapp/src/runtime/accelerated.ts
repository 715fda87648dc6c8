import type { BackendName } from './running';

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
