import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { inject } from 'vitest';
import { KernelRuntime } from '../src/runtime/kernels/runtime';

export type Binary = 'simd' | 'relaxed';

export const BINARIES: readonly Binary[] = ['simd', 'relaxed'];

/** A runtime of its own. */
export function startKernels(binary: Binary): Promise<KernelRuntime> {
  // Node 20 has it behind a flag, later ones for good.
  if (process.version.startsWith('v20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return KernelRuntime.start(new WebAssembly.Module(readFileSync(join(inject('kernelBinaries'), `mien-${binary}.wasm`))));
}
