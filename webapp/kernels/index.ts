/**
 * The page's own kernels. The page lays tensors, weights and what a call is about out in the memory, and calls with the address
 * of the latter; nothing is allocated here, and nothing imported.
 */
export { border } from './border';
export { convolution } from './convolution';
export { crop } from './crop';
export { depthwise } from './depthwise';
export { letterbox } from './letterbox';
export { map } from './map';
export { pool } from './pool';
export { reduce } from './reduce';
export { softmax } from './softmax';
export { pack, widenBytes, widenHalves } from './weights';
export { winograd, winogradWeights } from './winograd';
export { winogradLarge, winogradLargeWeights } from './winograd_large';

/** The first byte that is the page's to use. */
export function heap(): usize {
  return __heap_base;
}
