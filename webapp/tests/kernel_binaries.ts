/** Builds the page's kernels once for all tests, into a folder that they are told of. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildKernels } from '../scripts/kernels.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Holds mien-simd.wasm and mien-relaxed.wasm. */
    kernelBinaries: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'mien-kernels-'));
  await buildKernels(folder);
  project.provide('kernelBinaries', folder);
  return () => rmSync(folder, { recursive: true });
}
