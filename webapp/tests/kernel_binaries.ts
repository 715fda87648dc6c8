/** Builds the page's kernels once for all tests, into a folder that they are told of. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Holds mien-simd.wasm and mien-relaxed.wasm. */
    kernelBinaries: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'mien-kernels-'));
  const { buildKernels } = (await import('../scripts/kernels.mjs')) as { buildKernels: (folder: string) => Promise<void> };
  await buildKernels(folder);
  project.provide('kernelBinaries', folder);
  return () => rmSync(folder, { recursive: true });
}
