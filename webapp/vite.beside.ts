/** How the modules are built that come beside the page, into its folder. */
export const BESIDE = { outDir: 'dist', emptyOutDir: false, target: 'es2022', minify: true } as const;
