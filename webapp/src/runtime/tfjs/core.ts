/**
 * TensorFlow.js's core without its optimizers and gradients, which only training needs. The build puts it in the place of
 * `@tensorflow/tfjs-core` everywhere (`vite.tfjs.ts`), as TensorFlow.js's own tool for custom bundles does.
 */
import '@tensorflow/tfjs-core/dist/base_side_effects';

export * from '@tensorflow/tfjs-core/dist/base';
