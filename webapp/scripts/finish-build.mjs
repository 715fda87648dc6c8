/** After the two Vite builds: the WASM binaries, the scripts of their threads, the types of the modules, and the examples. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const webapp = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(webapp, 'dist');

function copyWasm() {
  const source = join(webapp, 'node_modules/@tensorflow/tfjs-backend-wasm/wasm-out');
  const target = join(dist, 'wasm');
  mkdirSync(target, { recursive: true });
  const threaded = 'tfjs-backend-wasm-threaded-simd';
  for (const file of ['tfjs-backend-wasm-simd.wasm', `${threaded}.wasm`, `${threaded}.js`]) {
    copyFileSync(join(source, file), join(target, file));
  }
  // TensorFlow.js ships the threads' script as a string, to be made a blob: URL; as a file it needs no such leave.
  const { wasmWorkerContents } = require(join(source, `${threaded}.worker.js`));
  // Its line breaks stand inside string literals, where the template has already turned `\n` into a real one.
  writeFileSync(join(target, `${threaded}.worker.js`), wasmWorkerContents.replace(/\n/g, '\\n'));
}

/** One file: the declarations of the public modules in the order of their use, without the imports between them. */
function writeTypes() {
  const out = mkdtempSync(join(tmpdir(), 'mien-types-'));
  try {
    const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
    const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', out, '--rootDir', join(webapp, 'src')];
    execFileSync(process.execPath, [tsc, '-p', join(webapp, 'tsconfig.mien.json'), ...options], { cwd: webapp, stdio: 'inherit' });
    const modules = ['errors', 'contract/types', 'types', 'mien'].map((name) => readFileSync(join(out, `${name}.d.ts`), 'utf8'));
    const text = modules.join('\n').replace(/^(import|export) [^;]*? from '[^']*';\n/gm, '').replace(/^export \{ MienError \};\n/gm, '');
    writeFileSync(join(dist, 'mien.d.ts'), text);
    // What the element's declarations take from elsewhere, mien.d.ts has.
    const element = readFileSync(join(out, 'elements/mien-camera.d.ts'), 'utf8');
    writeFileSync(join(dist, 'mien-camera.d.ts'), element.replace(/from '\.\.\/[^']*'/g, "from './mien.js'"));
  } finally {
    rmSync(out, { recursive: true });
  }
}

copyWasm();
writeTypes();
cpSync(join(webapp, 'examples'), join(dist, 'examples'), { recursive: true });
