import { relaxedSimd, simd } from 'wasm-feature-detect';
import { compileModule } from '../wasm_module';

/**
 * Fetches and compiles the page's kernels, with fused products where the browser has them.
 * @returns Null where it has no SIMD: it is so old that the kernels are not for it.
 * @throws MienError `backend-unavailable`.
 */
export async function compileKernels(folder: URL): Promise<WebAssembly.Module | null> {
  const file = kernelsFor(await simd(), await relaxedSimd());
  return file === null ? null : compileModule(new URL(file, folder));
}

export function kernelsFor(hasSimd: boolean, hasRelaxedSimd: boolean): string | null {
  if (!hasSimd) return null;
  return hasRelaxedSimd ? 'mien-relaxed.wasm' : 'mien-simd.wasm';
}
