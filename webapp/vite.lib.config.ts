/** mien.js (the public API) and mien-camera.js (the custom element on it): ES modules with fixed names. */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { BESIDE } from './vite.beside';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const MIEN = source('./src/mien.ts');

/**
 * The element imports the built `mien.js` beside it. Shared between two entries, its code would move to a chunk in
 * assets/, and models and worker, which are looked for beside that code, would not be found.
 */
function keepMienWhole(): Plugin {
  return {
    name: 'keep-mien-whole',
    enforce: 'pre',
    async resolveId(id, importer) {
      if (!importer || !/(^|\/)mien$/.test(id)) return null;
      const resolved = await this.resolve(id, importer, { skipSelf: true });
      return resolved?.id === MIEN ? { id: './mien.js', external: true } : null;
    },
  };
}

export default defineConfig({
  publicDir: false,
  plugins: [keepMienWhole()],
  build: {
    ...BESIDE,
    lib: {
      entry: {
        mien: source('./src/mien.ts'),
        'mien-camera': source('./src/elements/mien-camera.ts'),
      },
      formats: ['es'],
    },
    rolldownOptions: {
      output: {
        // Vite leaves the spaces in a library's modules, for bundlers that look for comments there: a page loads ours as they are.
        minify: true,
        entryFileNames: '[name].js',
      },
    },
  },
});
