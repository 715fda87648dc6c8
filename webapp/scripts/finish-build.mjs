/** After the Vite builds: WASM binaries, TensorFlow.js's with the scripts of their threads, types of the modules, examples, the list of sw.js. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKernels } from './kernels.mjs';

const require = createRequire(import.meta.url);
const webapp = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(webapp, 'dist');

function copyWasm() {
  const source = join(webapp, 'node_modules/@tensorflow/tfjs-backend-wasm/wasm-out');
  const target = join(dist, 'wasm');
  mkdirSync(target, { recursive: true });
  const threaded = 'tfjs-backend-wasm-threaded-simd';
  for (const file of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', `${threaded}.wasm`, `${threaded}.js`]) {
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

/** The service worker keeps every file of the page that a browser may need: not itself, no types, maps or examples. */
function listFiles() {
  const files = {};
  const hash = createHash('sha256');
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(dist.length + 1).split(sep).join('/');
    if (!entry.isFile() || /^sw\.js$|\.(d\.ts|map|md)$|^examples\//.test(path)) continue;
    files[path === 'index.html' ? './' : path] = createHash('sha256').update(readFileSync(join(dist, path))).digest('hex');
  }
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const version = hash.update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
  const script = join(dist, 'sw.js');
  const code = readFileSync(script, 'utf8');
  if (!code.includes('MIEN_BUILD')) throw new Error(`${script} does not read the list of files`);
  writeFileSync(script, `const MIEN_BUILD = ${JSON.stringify({ version, files: sorted })};\n${code}`);
}

await buildKernels(join(dist, 'wasm'));
copyWasm();
writeTypes();
cpSync(join(webapp, 'examples'), join(dist, 'examples'), { recursive: true });
listFiles();
