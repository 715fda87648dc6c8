/** dist-test/parity.js: the inner functions, for the tests that compare them with Python. Never part of dist. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { tfjs } from './vite.tfjs';

export default defineConfig({
  publicDir: false,
  resolve: { alias: tfjs },
  build: {
    outDir: 'dist-test',
    emptyOutDir: true,
    target: 'es2022',
    minify: false,
    lib: {
      entry: { parity: fileURLToPath(new URL('./src/testing/parity.ts', import.meta.url)) },
      formats: ['es'],
    },
    rolldownOptions: {
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
    },
  },
});
