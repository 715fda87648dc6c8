import { defineConfig } from 'vitest/config';

// A busy machine is slower than the default of five seconds allows for.
const PATIENCE_MS = 30_000;

export default defineConfig({ test: { globalSetup: './tests/kernel_binaries.ts', include: ['tests/**/*.test.ts'], environment: 'node', testTimeout: PATIENCE_MS } });
