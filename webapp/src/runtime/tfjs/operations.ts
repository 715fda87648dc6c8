/**
 * The operations that graph models are made of, in the place of all that TensorFlow.js has (`vite.tfjs.ts`): those of
 * `OPERATORS` call no others. Further ones go into both, and their kernels into `kernels.ts`.
 */
export { abs } from '@tensorflow/tfjs-core/dist/ops/abs';
export { add } from '@tensorflow/tfjs-core/dist/ops/add';
export { avgPool } from '@tensorflow/tfjs-core/dist/ops/avg_pool';
export { batchNorm } from '@tensorflow/tfjs-core/dist/ops/batchnorm';
export { cast } from '@tensorflow/tfjs-core/dist/ops/cast';
export { clipByValue } from '@tensorflow/tfjs-core/dist/ops/clip_by_value';
export { concat } from '@tensorflow/tfjs-core/dist/ops/concat';
export { conv2d } from '@tensorflow/tfjs-core/dist/ops/conv2d';
export { depthwiseConv2d } from '@tensorflow/tfjs-core/dist/ops/depthwise_conv2d';
export { div } from '@tensorflow/tfjs-core/dist/ops/div';
export { elu } from '@tensorflow/tfjs-core/dist/ops/elu';
export { exp } from '@tensorflow/tfjs-core/dist/ops/exp';
export { expandDims } from '@tensorflow/tfjs-core/dist/ops/expand_dims';
export { gather } from '@tensorflow/tfjs-core/dist/ops/gather';
export { leakyRelu } from '@tensorflow/tfjs-core/dist/ops/leaky_relu';
export { log } from '@tensorflow/tfjs-core/dist/ops/log';
export { matMul } from '@tensorflow/tfjs-core/dist/ops/mat_mul';
export { max } from '@tensorflow/tfjs-core/dist/ops/max';
export { maxPool } from '@tensorflow/tfjs-core/dist/ops/max_pool';
export { maximum } from '@tensorflow/tfjs-core/dist/ops/maximum';
export { mean } from '@tensorflow/tfjs-core/dist/ops/mean';
export { min } from '@tensorflow/tfjs-core/dist/ops/min';
export { minimum } from '@tensorflow/tfjs-core/dist/ops/minimum';
export { mul } from '@tensorflow/tfjs-core/dist/ops/mul';
export { neg } from '@tensorflow/tfjs-core/dist/ops/neg';
export { pad } from '@tensorflow/tfjs-core/dist/ops/pad';
export { prelu } from '@tensorflow/tfjs-core/dist/ops/prelu';
export { prod } from '@tensorflow/tfjs-core/dist/ops/prod';
export { relu } from '@tensorflow/tfjs-core/dist/ops/relu';
export { relu6 } from '@tensorflow/tfjs-core/dist/ops/relu6';
export { reshape } from '@tensorflow/tfjs-core/dist/ops/reshape';
export { rsqrt } from '@tensorflow/tfjs-core/dist/ops/rsqrt';
export { scalar } from '@tensorflow/tfjs-core/dist/ops/scalar';
export { sigmoid } from '@tensorflow/tfjs-core/dist/ops/sigmoid';
export { slice } from '@tensorflow/tfjs-core/dist/ops/slice';
export { softmax } from '@tensorflow/tfjs-core/dist/ops/softmax';
export { split } from '@tensorflow/tfjs-core/dist/ops/split';
export { sqrt } from '@tensorflow/tfjs-core/dist/ops/sqrt';
export { square } from '@tensorflow/tfjs-core/dist/ops/square';
export { squaredDifference } from '@tensorflow/tfjs-core/dist/ops/squared_difference';
export { squeeze } from '@tensorflow/tfjs-core/dist/ops/squeeze';
export { stack } from '@tensorflow/tfjs-core/dist/ops/stack';
export { stridedSlice } from '@tensorflow/tfjs-core/dist/ops/strided_slice';
export { sub } from '@tensorflow/tfjs-core/dist/ops/sub';
export { sum } from '@tensorflow/tfjs-core/dist/ops/sum';
export { tanh } from '@tensorflow/tfjs-core/dist/ops/tanh';
export { tensor } from '@tensorflow/tfjs-core/dist/ops/tensor';
export { tensor1d } from '@tensorflow/tfjs-core/dist/ops/tensor1d';
export { transpose } from '@tensorflow/tfjs-core/dist/ops/transpose';
export { unstack } from '@tensorflow/tfjs-core/dist/ops/unstack';
export * as fused from '@tensorflow/tfjs-core/dist/ops/fused_ops';

/** By TensorFlow's names, as `model.json` has them. */
export const OPERATORS: ReadonlySet<string> = new Set([
  ...['Const', 'Placeholder', 'Identity', 'Shape', 'NoOp'],
  ...['Add', 'AddV2', 'BiasAdd', 'Sub', 'Mul', 'RealDiv', 'Div', 'Maximum', 'Minimum', 'SquaredDifference'],
  ...['Abs', 'Neg', 'Exp', 'Log', 'Sqrt', 'Rsqrt', 'Square', 'ClipByValue'],
  ...['Relu', 'Relu6', 'Elu', 'LeakyRelu', 'Prelu', 'Sigmoid', 'Tanh', 'Softmax'],
  ...['Conv2D', '_FusedConv2D', 'DepthwiseConv2d', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2dNative', 'AvgPool', 'MaxPool'],
  ...['MatMul', 'BatchMatMul', 'BatchMatMulV2', '_FusedMatMul', 'Transpose'],
  ...['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'],
  ...['Mean', 'Sum', 'Max', 'Min', 'Prod'],
  ...['Cast', 'ExpandDims', 'Squeeze', 'Reshape', 'Pad', 'PadV2'],
  ...['Concat', 'ConcatV2', 'Gather', 'GatherV2', 'Slice', 'StridedSlice', 'Pack', 'Unpack', 'Split', 'SplitV'],
]);
