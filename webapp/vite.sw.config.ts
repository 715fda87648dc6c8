/** sw.js, the service worker: one classic script, since not every browser takes modules there. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { BESIDE } from './vite.beside';

export default defineConfig({
  publicDir: false,
  build: {
    ...BESIDE,
    lib: {
      entry: { sw: fileURLToPath(new URL('./src/service-worker/worker.ts', import.meta.url)) },
      formats: ['iife'],
      name: 'mienServiceWorker',
    },
    rolldownOptions: { output: { entryFileNames: '[name].js' } },
  },
});
