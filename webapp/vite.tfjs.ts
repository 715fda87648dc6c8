/**
 * As much of TensorFlow.js as models need, for whoever has to fetch it: the rest would be most of it.
 * Its core is exchanged in the way of its own tool for custom bundles (tfjs/scripts/custom_module).
 */
import { fileURLToPath } from 'node:url';

const ours = (name: string): string => fileURLToPath(new URL(`./src/runtime/tfjs/${name}.ts`, import.meta.url));

export const tfjs = [{ find: /^@tensorflow\/tfjs-core$/, replacement: ours('core') }];
