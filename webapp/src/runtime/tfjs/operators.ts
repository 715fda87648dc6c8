/**
 * TensorFlow's operators by the kernels of TensorFlow.js that compute them. What an operator's attributes mean is in
 * TensorFlow's op registry (tensorflow/core/ops); what a kernel is given, in tfjs-core's `kernel_names.ts`.
 */
import { engine, tensor1d, util, type NamedAttrMap, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import type { Attributes } from '../graph/attributes';

/** Computes a node's outputs from its inputs, which stay as they are. */
export type Compute = (inputs: readonly Tensor[]) => Tensor | Tensor[];

/** What an operator may know of a node before anything is computed. */
export interface NodeView {
  attributes: Attributes;
  /** How many inputs it has. */
  inputs: number;
  /** Of an input that holds settings and no data, such as axes: its numbers, which are read once where they are constant. */
  numbers: (input: number) => (inputs: readonly Tensor[]) => readonly number[];
}

type Operator = (node: NodeView) => Compute;

function run<T extends Tensor | Tensor[] = Tensor>(kernel: string, inputs: Record<string, Tensor | undefined> | readonly Tensor[], attributes?: object): T {
  return engine().runKernel<T>(kernel, inputs as unknown as NamedTensorMap, attributes as NamedAttrMap | undefined);
}

const unary = (kernel: string): Operator => () => ([x]) => run(kernel, { x });

const binary = (kernel: string): Operator => () => ([a, b]) => run(kernel, { a, b });

/** @param axes The kernel's name for them. */
function reduction(kernel: string, axes = 'axis'): Operator {
  return ({ attributes, numbers }) => {
    const axis = numbers(1);
    const keepDims = attributes.flag('keep_dims');
    return (inputs) => run(kernel, { x: inputs[0] }, { [axes]: axis(inputs), keepDims });
  };
}

function product(transposeA: string, transposeB: string): Operator {
  return ({ attributes }) => {
    const settings = { transposeA: attributes.flag(transposeA), transposeB: attributes.flag(transposeB) };
    return ([a, b]) => run('BatchMatMul', { a, b }, settings);
  };
}

/** Of a fused operator: whether a bias is added, and the kernel's name of the function that comes then. */
function fusion({ attributes, inputs }: NodeView): { activation: string; leakyreluAlpha: number } {
  const [bias, activation = 'linear', ...more] = attributes.texts('fused_ops').map((name) => name.toLowerCase());
  const fits = bias === 'biasadd' && more.length === 0 && inputs === (activation === 'prelu' ? 4 : 3);
  if (!fits) attributes.fail('fused_ops', 'BiasAdd, and one activation at most, with their inputs');
  return { activation, leakyreluAlpha: attributes.number('leakyrelu_alpha', 0.2) };
}

/** Only the two middle ones of four numbers, one for each side of a picture. */
const ofPicture = (numbers: number[]): number[] => (numbers.length === 4 ? numbers.slice(1, 3) : [1, 1]);

function padding(attributes: Attributes): string | number[][] {
  const name = attributes.text('padding', '').toLowerCase();
  if (name !== 'explicit') return name;
  const sides = attributes.numbers('explicit_paddings');
  return [0, 1, 2, 3].map((axis) => sides.slice(2 * axis, 2 * axis + 2));
}

function window(attributes: Attributes): object {
  if (attributes.text('data_format', 'NHWC') !== 'NHWC') attributes.fail('data_format', 'NHWC');
  return { strides: ofPicture(attributes.numbers('strides')), pad: padding(attributes) };
}

const convolution =
  (kernel: string): Operator =>
  ({ attributes }) => {
    const settings = { ...window(attributes), dataFormat: 'NHWC', dilations: ofPicture(attributes.numbers('dilations')) };
    return ([x, filter]) => run(kernel, { x, filter }, settings);
  };

const fusedConvolution =
  (kernel: string): Operator =>
  (node) => {
    const { attributes } = node;
    const settings = { ...window(attributes), dataFormat: 'NHWC', dilations: ofPicture(attributes.numbers('dilations')), ...fusion(node) };
    return ([x, filter, bias, preluActivationWeights]) => run(kernel, { x, filter, bias, preluActivationWeights }, settings);
  };

const pool =
  (kernel: string): Operator =>
  ({ attributes }) => {
    const settings = { ...window(attributes), filterSize: ofPicture(attributes.numbers('ksize')) };
    return ([x]) => run(kernel, { x }, settings);
  };

/** The kernel multiplies stacks of matrices. */
const fusedProduct: Operator = (node) => {
  const { attributes } = node;
  const settings = { transposeA: attributes.flag('transpose_a'), transposeB: attributes.flag('transpose_b'), ...fusion(node) };
  return ([left, right, bias, preluActivationWeights]) => {
    const a = reshaped(left!, [1, ...left!.shape]);
    const b = reshaped(right!, [1, ...right!.shape]);
    const stack = run('_FusedMatMul', { a, b, bias, preluActivationWeights }, settings);
    const result = reshaped(stack, stack.shape.slice(1));
    for (const tensor of [a, b, stack]) tensor.dispose();
    return result;
  };
};

const reshaped = (x: Tensor, shape: readonly number[]): Tensor => run('Reshape', { x }, { shape });

const batchNormalisation: Operator = ({ attributes }) => {
  if (attributes.flag('is_training')) attributes.fail('is_training', 'false');
  const settings = { varianceEpsilon: attributes.number('epsilon', 1e-4) };
  return ([x, scale, offset, mean, variance]) => run('FusedBatchNorm', { x, scale, offset, mean, variance }, settings);
};

const concatenation =
  (axisInput: (inputs: number) => number): Operator =>
  (node) => {
    const at = axisInput(node.inputs);
    const axis = node.numbers(at);
    return (inputs) =>
      run(
        'Concat',
        inputs.filter((_, index) => index !== at),
        { axis: axis(inputs)[0] },
      );
  };

const padded: Operator = ({ numbers, inputs: count }) => {
  const sides = numbers(1);
  const constant = count > 2 ? numbers(2) : () => [0];
  return (inputs) => {
    const flat = sides(inputs);
    const paddings = inputs[0]!.shape.map((_, axis) => flat.slice(2 * axis, 2 * axis + 2));
    return run('PadV2', { x: inputs[0] }, { paddings, constantValue: constant(inputs)[0] });
  };
};

const stridedSlice: Operator = ({ attributes, numbers }) => {
  const masks = Object.fromEntries(
    ['begin', 'end', 'ellipsis', 'newAxis', 'shrinkAxis'].map((name) => [
      `${name}Mask`,
      attributes.number(`${name.replace(/A/, '_a')}_mask`, 0),
    ]),
  );
  const [begin, end, strides] = [numbers(1), numbers(2), numbers(3)];
  return (inputs) => run('StridedSlice', { x: inputs[0] }, { begin: begin(inputs), end: end(inputs), strides: strides(inputs), ...masks });
};

/** By TensorFlow's names, as `model.json` has them. A further one wants its kernel in `kernels.ts`, too. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map(Object.entries<Operator>({
  Identity: unary('Identity'),
  Shape: () => ([x]) => tensor1d(x!.shape, 'int32'),

  Add: binary('Add'),
  AddV2: binary('Add'),
  BiasAdd: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Multiply'),
  Div: binary('RealDiv'),
  RealDiv: binary('RealDiv'),
  Maximum: binary('Maximum'),
  Minimum: binary('Minimum'),
  SquaredDifference: binary('SquaredDifference'),

  Abs: unary('Abs'),
  Neg: unary('Neg'),
  Exp: unary('Exp'),
  Log: unary('Log'),
  Sqrt: unary('Sqrt'),
  Rsqrt: unary('Rsqrt'),
  Square: unary('Square'),
  ClipByValue: ({ numbers }) => {
    const [low, high] = [numbers(1), numbers(2)];
    return (inputs) => run('ClipByValue', { x: inputs[0] }, { clipValueMin: low(inputs)[0], clipValueMax: high(inputs)[0] });
  },

  Relu: unary('Relu'),
  Relu6: unary('Relu6'),
  Elu: unary('Elu'),
  LeakyRelu: ({ attributes }) => {
    const settings = { alpha: attributes.number('alpha', 0.2) };
    return ([x]) => run('LeakyRelu', { x }, settings);
  },
  Prelu: () => ([x, alpha]) => run('Prelu', { x, alpha }),
  Sigmoid: unary('Sigmoid'),
  Tanh: unary('Tanh'),
  Softmax: () => ([logits]) => run('Softmax', { logits }, { dim: logits!.rank - 1 }),

  Conv2D: convolution('Conv2D'),
  _FusedConv2D: fusedConvolution('FusedConv2D'),
  DepthwiseConv2d: convolution('DepthwiseConv2dNative'),
  DepthwiseConv2dNative: convolution('DepthwiseConv2dNative'),
  FusedDepthwiseConv2dNative: fusedConvolution('FusedDepthwiseConv2D'),
  AvgPool: pool('AvgPool'),
  MaxPool: pool('MaxPool'),

  MatMul: product('transpose_a', 'transpose_b'),
  BatchMatMul: product('adj_x', 'adj_y'),
  BatchMatMulV2: product('adj_x', 'adj_y'),
  _FusedMatMul: fusedProduct,
  Transpose: ({ numbers }) => {
    const perm = numbers(1);
    return (inputs) => run('Transpose', { x: inputs[0] }, { perm: perm(inputs) });
  },

  FusedBatchNorm: batchNormalisation,
  FusedBatchNormV2: batchNormalisation,
  FusedBatchNormV3: batchNormalisation,

  Mean: reduction('Mean'),
  Sum: reduction('Sum'),
  Max: reduction('Max', 'reductionIndices'),
  Min: reduction('Min'),
  Prod: reduction('Prod'),

  Cast: ({ attributes }) => {
    const settings = { dtype: attributes.type('DstT') };
    return ([x]) => run('Cast', { x }, settings);
  },
  ExpandDims: ({ numbers }) => {
    const dim = numbers(1);
    return (inputs) => run('ExpandDims', { input: inputs[0] }, { dim: dim(inputs)[0] });
  },
  Squeeze: ({ attributes }) => {
    const axes = attributes.numbers('squeeze_dims');
    return ([x]) => reshaped(x!, util.squeezeShape(x!.shape, axes.length ? axes : undefined).newShape);
  },
  Reshape: ({ numbers }) => {
    const shape = numbers(1);
    return (inputs) => reshaped(inputs[0]!, shape(inputs));
  },
  Pad: padded,
  PadV2: padded,

  Concat: concatenation(() => 0),
  ConcatV2: concatenation((inputs) => inputs - 1),
  Gather: () => ([x, indices]) => run('GatherV2', { x, indices }, { axis: 0, batchDims: 0 }),
  GatherV2: ({ attributes, numbers }) => {
    const axis = numbers(2);
    const batchDims = attributes.number('batch_dims', 0);
    return (inputs) => run('GatherV2', { x: inputs[0], indices: inputs[1] }, { axis: axis(inputs)[0], batchDims });
  },
  Slice: ({ numbers }) => {
    const [begin, size] = [numbers(1), numbers(2)];
    return (inputs) => run('Slice', { x: inputs[0] }, { begin: begin(inputs), size: size(inputs) });
  },
  StridedSlice: stridedSlice,
  Pack: ({ attributes }) => {
    const axis = attributes.number('axis', 0);
    return (inputs) => run('Pack', inputs, { axis: axis < 0 ? axis + inputs[0]!.rank + 1 : axis });
  },
  Unpack: ({ attributes }) => {
    const settings = { axis: attributes.number('axis', 0) };
    return ([value]) => run<Tensor[]>('Unpack', { value }, settings);
  },
  Split: ({ attributes, numbers }) => {
    const axis = numbers(0);
    const numOrSizeSplits = attributes.number('num_split', 1);
    return (inputs) => run<Tensor[]>('SplitV', { x: inputs[1] }, { numOrSizeSplits, axis: axis(inputs)[0] });
  },
  SplitV: ({ numbers }) => {
    const [sizes, axis] = [numbers(1), numbers(2)];
    return (inputs) => run<Tensor[]>('SplitV', { x: inputs[0] }, { numOrSizeSplits: sizes(inputs), axis: axis(inputs)[0] });
  },
}));
