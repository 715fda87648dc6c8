/** The page's kernels (kernels/, AssemblyScript) to WebAssembly: once with relaxed SIMD, whose fused products take half the time, and once without. */
import { mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const webapp = dirname(dirname(fileURLToPath(import.meta.url)));

const BINARIES = { 'mien-simd.wasm': ['simd'], 'mien-relaxed.wasm': ['simd', 'relaxed-simd'] };

/** Numbers of 128 bits are exchanged between the kernels only, though the compiler warns of it where they are exported. */
const EXCHANGE_OF_VECTORS = '112';

/** Writes both binaries into a folder. */
export async function buildKernels(folder) {
  mkdirSync(folder, { recursive: true });
  for (const [file, features] of Object.entries(BINARIES)) {
    // Paths are read as relative to the base.
    const options = ['--baseDir', webapp, '--outFile', relative(webapp, join(folder, file)), '--disableWarning', EXCHANGE_OF_VECTORS];
    const build = ['-O3', '--noAssert', '--runtime', 'stub', ...features.flatMap((feature) => ['--enable', feature])];
    const { error, stderr } = await asc.main(['kernels/index.ts', ...options, ...build]);
    const complaints = stderr.toString();
    if (error || complaints) throw new Error(`${file}: ${complaints || String(error)}`);
  }
}
