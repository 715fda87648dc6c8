/** mien.js (the public API), mien-camera.js (the custom element on it) and mien-worker.js (inference): ES modules with fixed names, chunks in assets/. */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** mien-camera.js imports the built mien.js: were it bundled, mien.ts would move to a chunk and look for its files there. */
function importBuiltMien(): Plugin {
  return {
    name: 'import-built-mien',
    enforce: 'pre',
    async resolveId(name, importer) {
      if (!importer || !/(^|\/)mien(\.ts)?$/.test(name)) return null;
      const resolved = await this.resolve(name, importer, { skipSelf: true });
      return resolved?.id === source('./src/mien.ts') ? { id: './mien.js', external: true } : null;
    },
  };
}

export default defineConfig({
  publicDir: false,
  plugins: [importBuiltMien()],
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'es2022',
    minify: true,
    lib: {
      entry: {
        mien: source('./src/mien.ts'),
        'mien-camera': source('./src/elements/mien-camera.ts'),
        'mien-worker': source('./src/worker/worker.ts'),
      },
      formats: ['es'],
    },
    rolldownOptions: {
      output: {
        entryFileNames: '[name].js',
        // The backends that are loaded on demand get names that say what they are.
        chunkFileNames: ({ facadeModuleId }) => {
          const backend = /tfjs-backend-(webgl|webgpu)/.exec(facadeModuleId ?? '')?.[1];
          return backend ? `assets/mien-${backend}-[hash].js` : 'assets/mien-[name]-[hash].js';
        },
      },
    },
  },
});
