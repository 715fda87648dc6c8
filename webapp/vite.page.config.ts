/** The page: index.html and src/main.ts. It uses Mien through the built `mien.js`, as any other page would. */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const MIEN_SOURCE = fileURLToPath(new URL('./src/mien.ts', import.meta.url));
const MIEN_ID = 'mien-public-api';

/** Leaves imports of src/mien.ts to the browser, which finds `mien.js` beside index.html. */
function useBuiltMien(): Plugin {
  return {
    name: 'use-built-mien',
    apply: 'build',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!importer || !/(^|\/)mien(\.ts|\.js)?$/.test(source)) return null;
      const resolved = await this.resolve(source, importer, { skipSelf: true });
      return resolved?.id === MIEN_SOURCE ? { id: MIEN_ID, external: true } : null;
    },
  };
}

/**
 * Language and theme are set by the page's script: nothing is painted before it has run, so that nobody sees the
 * wrong ones flash. Browsers that do not know the attribute paint a moment earlier.
 */
function paintAfterScript(): Plugin {
  return {
    name: 'paint-after-script',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [useBuiltMien(), paintAfterScript()],
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Nothing inlined: the content security policy allows no data: scripts, and worklets must be files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Chunks lie in assets/, one folder below mien.js.
      output: {
        paths: { [MIEN_ID]: '../mien.js' },
        // tsParticles imports each of its parts by itself: one request in place of nine.
        codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: 'background', test: /node_modules\/@tsparticles\// }] },
      },
    },
  },
});
