/** sw.js, the service worker: one classic script, since not every browser takes modules there. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'es2022',
    minify: true,
    lib: {
      entry: { sw: fileURLToPath(new URL('./src/service-worker/worker.ts', import.meta.url)) },
      formats: ['iife'],
      name: 'mienServiceWorker',
    },
    rolldownOptions: { output: { entryFileNames: '[name].js' } },
  },
});
