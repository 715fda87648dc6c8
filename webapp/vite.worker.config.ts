/**
 * mien-worker.js (inference): an ES module with a fixed name, chunks in assets/. Built apart from mien.js: whatever the two
 * share would become a chunk, which each of them would have to wait for.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { BESIDE } from './vite.beside';
import { tfjs } from './vite.tfjs';

export default defineConfig({
  publicDir: false,
  resolve: { alias: tfjs },
  build: {
    ...BESIDE,
    lib: {
      entry: { 'mien-worker': fileURLToPath(new URL('./src/worker/worker.ts', import.meta.url)) },
      formats: ['es'],
    },
    rolldownOptions: {
      // What the worker shares with what is loaded on demand stays in it, and the chunks import it from there.
      preserveEntrySignatures: 'allow-extension',
      output: {
        // Vite leaves the spaces in a library's modules, for bundlers that look for comments there: a page loads ours as they are.
        minify: true,
        entryFileNames: '[name].js',
        // What is loaded on demand gets names that say what it is.
        chunkFileNames: ({ facadeModuleId }) => {
          const name = /tfjs-backend-(webgl|webgpu)|runtime\/(tfjs)\/start/.exec(facadeModuleId ?? '')?.slice(1).find(Boolean);
          return `assets/mien-${name ?? '[name]'}-[hash].js`;
        },
      },
    },
  },
});
