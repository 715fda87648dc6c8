/**
 * As much of TensorFlow.js as our models need: the rest would be most of what a visitor fetches before the first reading.
 * Its modules are exchanged in the way of its own tool for custom bundles (tfjs/scripts/custom_module).
 */
import { fileURLToPath } from 'node:url';

const ours = (name: string): string => fileURLToPath(new URL(`./src/runtime/tfjs/${name}.ts`, import.meta.url));

/** Kinds of operations, by the names of the converter's modules, that no model has. */
const LEFT_OUT = ['control', 'dynamic', 'evaluation', 'hash_table', 'image', 'ragged', 'sparse', 'spectral', 'string'].join('|');

export const tfjs = [
  { find: /^@tensorflow\/tfjs-core$/, replacement: ours('core') },
  { find: /^@tensorflow\/tfjs-core\/dist\/ops\/ops_for_converter$/, replacement: ours('operations') },
  { find: new RegExp(`^\\./executors/(${LEFT_OUT})_executor$`), replacement: ours('none') },
  { find: new RegExp(`^\\./op_list/(${LEFT_OUT})$`), replacement: ours('none') },
];
