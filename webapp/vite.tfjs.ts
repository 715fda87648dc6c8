/**
 * As much of TensorFlow.js as our models need: the rest would be most of what a visitor fetches before the first reading.
 * Its core is exchanged in the way of its own tool for custom bundles (tfjs/scripts/custom_module).
 */
import { fileURLToPath } from 'node:url';

const ours = (name: string): string => fileURLToPath(new URL(`./src/runtime/tfjs/${name}.ts`, import.meta.url));

export const tfjs = [{ find: /^@tensorflow\/tfjs-core$/, replacement: ours('core') }];
