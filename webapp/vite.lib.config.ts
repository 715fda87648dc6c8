/** mien.js (the public API), mien-camera.js (the custom element on it) and mien-worker.js (inference): ES modules with fixed names, chunks in assets/. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  publicDir: false,
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
