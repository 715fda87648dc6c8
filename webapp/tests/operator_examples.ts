/** Every operator of graph models that the page knows, in several settings. */
import { flag, floats, integer, list, real, single, text, texts, type, whole, type Made, type OneOperator } from './made_graphs';

export const row = floats([2, 4], [0.5, 1, 2, 3, 0.25, 1.5, 2.5, 0.75]);
const signed = floats([2, 4], [-0.5, 1, -2, 3, 0.25, -1.5, 2.5, 7]);
const picture = floats([2, 5, 6, 3]);
const filter = floats([3, 3, 3, 4]);
const perChannel = floats([3, 3, 3, 2]);

const strides = { strides: list(1, 2, 2, 1) };
const same = { ...strides, padding: text('SAME'), data_format: text('NHWC'), dilations: list(1, 1, 1, 1) };
const dilated = { strides: list(1, 1, 1, 1), padding: text('VALID'), data_format: text('NHWC'), dilations: list(1, 2, 2, 1) };
const explicit = { ...same, padding: text('EXPLICIT'), explicit_paddings: list(0, 0, 1, 2, 0, 1, 0, 0) };
const pooled = { ...strides, padding: text('SAME'), ksize: list(1, 2, 3, 1) };
const kept = { keep_dims: flag(true) };
const normal = [floats([3], [1, 2, 0.5]), floats([3]), floats([3]), floats([3], [1, 0.5, 2])];

const alone = (op: string, x: Made = row): OneOperator => ({ op, x });
const beside = (op: string): OneOperator[] => [
  { op, x: row, others: [signed] },
  { op, x: row, others: [floats([4], [1, -2, 4, 8])], at: 1 },
];
const reduced = (op: string): OneOperator[] => [
  { op, x: picture, others: [whole(1, 2)] },
  { op, x: picture, others: [whole(-1)], attr: kept },
  { op, x: picture, others: [single(3)] },
];
const matrices = (op: string, a: string, b: string): OneOperator[] => [
  { op, x: row, others: [floats([4, 3])] },
  { op, x: row, others: [floats([3, 4])], attr: { [b]: flag(true) } },
  { op, x: row, others: [floats([2, 3])], attr: { [a]: flag(true) } },
];
const activations = ['Relu', 'Relu6', 'Elu', 'LeakyRelu', 'Sigmoid'];
const fused = (op: string, x: Made, weight: Made, channels: number, attr: Record<string, object>, functions = activations): OneOperator[] => [
  { op, x, others: [weight, floats([channels])], attr: { ...attr, fused_ops: texts('BiasAdd'), num_args: integer(1) } },
  ...functions.map((name) => ({
    op,
    x,
    others: [weight, floats([channels])],
    attr: { ...attr, fused_ops: texts('BiasAdd', name), num_args: integer(1), leakyrelu_alpha: real(0.3) },
  })),
  {
    op,
    x,
    others: [weight, floats([channels]), floats([channels])],
    attr: { ...attr, fused_ops: texts('BiasAdd', 'Prelu'), num_args: integer(2) },
  },
];

/** By operator, small graphs of it alone. */
export const EXAMPLES: Record<string, OneOperator[]> = {
  Identity: [alone('Identity')],
  Shape: [alone('Shape', picture)],
  ...Object.fromEntries(
    ['Add', 'AddV2', 'BiasAdd', 'Sub', 'Mul', 'Div', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference'].map((op) => [op, beside(op)]),
  ),
  ...Object.fromEntries(['Exp', 'Log', 'Sqrt', 'Rsqrt', 'Square', 'Sigmoid', 'Tanh', 'Softmax'].map((op) => [op, [alone(op)]])),
  ...Object.fromEntries(['Abs', 'Neg', 'Relu', 'Relu6', 'Elu'].map((op) => [op, [alone(op, signed)]])),
  ClipByValue: [{ op: 'ClipByValue', x: signed, others: [single(-1, 'float32'), single(2, 'float32')] }],
  LeakyRelu: [alone('LeakyRelu', signed), { op: 'LeakyRelu', x: signed, attr: { alpha: real(0.4) } }],
  Prelu: [{ op: 'Prelu', x: signed, others: [floats([4], [0.1, 0.2, 0.3, 0.4])] }],
  Conv2D: [same, dilated, explicit].map((attr) => ({ op: 'Conv2D', x: picture, others: [filter], attr })),
  DepthwiseConv2d: [{ op: 'DepthwiseConv2d', x: picture, others: [perChannel], attr: same }],
  DepthwiseConv2dNative: [same, dilated].map((attr) => ({ op: 'DepthwiseConv2dNative', x: picture, others: [perChannel], attr })),
  _FusedConv2D: fused('_FusedConv2D', picture, filter, 4, same),
  FusedDepthwiseConv2dNative: fused(
    'FusedDepthwiseConv2dNative',
    picture,
    perChannel,
    6,
    same,
    // TensorFlow.js does not pass the slope on for this one operator, and gives NaN.
    activations.filter((name) => name !== 'LeakyRelu'),
  ),
  AvgPool: [{ op: 'AvgPool', x: picture, attr: pooled }],
  MaxPool: [{ op: 'MaxPool', x: picture, attr: { ...pooled, padding: text('VALID') } }],
  MatMul: matrices('MatMul', 'transpose_a', 'transpose_b'),
  BatchMatMul: matrices('BatchMatMul', 'adj_x', 'adj_y'),
  BatchMatMulV2: [
    ...matrices('BatchMatMulV2', 'adj_x', 'adj_y'),
    { op: 'BatchMatMulV2', x: floats([3, 2, 4]), others: [floats([3, 4, 2])] },
    { op: 'BatchMatMulV2', x: floats([3, 2, 4]), others: [floats([1, 4, 2])] },
  ],
  _FusedMatMul: [
    ...fused('_FusedMatMul', row, floats([4, 3]), 3, {}),
    ...fused('_FusedMatMul', row, floats([3, 4]), 3, { transpose_b: flag(true) }),
  ],
  Transpose: [{ op: 'Transpose', x: picture, others: [whole(0, 3, 1, 2)] }],
  ...Object.fromEntries(
    ['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'].map((op) => [
      op,
      [{ op, x: picture, others: normal, attr: { epsilon: real(0.01), is_training: flag(false), data_format: text('NHWC') } }],
    ]),
  ),
  Mean: reduced('Mean'),
  Sum: reduced('Sum'),
  Max: reduced('Max'),
  Min: reduced('Min'),
  Prod: reduced('Prod'),
  Cast: [{ op: 'Cast', x: row, attr: { SrcT: type('DT_FLOAT'), DstT: type('DT_INT32') } }],
  ExpandDims: [0, 1, -1].map((axis) => ({ op: 'ExpandDims', x: row, others: [single(axis)] })),
  Squeeze: [
    { op: 'Squeeze', x: floats([2, 1, 3, 1]) },
    { op: 'Squeeze', x: floats([2, 1, 3, 1]), attr: { squeeze_dims: list(1) } },
    { op: 'Squeeze', x: floats([2, 1, 3, 1]), attr: { squeeze_dims: list(-1) } },
  ],
  Reshape: [{ op: 'Reshape', x: row, others: [whole(-1, 2)] }],
  Pad: [{ op: 'Pad', x: row, others: [{ ...whole(1, 0, 2, 3), shape: [2, 2] }] }],
  PadV2: [{ op: 'PadV2', x: row, others: [{ ...whole(1, 0, 2, 3), shape: [2, 2] }, single(0.5, 'float32')] }],
  Concat: [{ op: 'Concat', x: row, others: [single(1), signed], at: 1, attr: { N: integer(2) } }],
  ConcatV2: [0, -1].map((axis) => ({ op: 'ConcatV2', x: row, others: [signed, single(axis)], attr: { N: integer(2) } })),
  Gather: [{ op: 'Gather', x: row, others: [whole(1, 0, 1)] }],
  GatherV2: [0, 1].map((axis) => ({ op: 'GatherV2', x: row, others: [whole(1, 0, 1), single(axis)] })),
  Slice: [{ op: 'Slice', x: row, others: [whole(0, 1), whole(-1, 2)] }],
  StridedSlice: [
    { op: 'StridedSlice', x: row, others: [whole(0, 3), whole(2, 0), whole(1, -1)] },
    {
      op: 'StridedSlice',
      x: picture,
      others: [whole(0, 1, 0), whole(0, 4, 1), whole(1, 2, 1)],
      attr: { begin_mask: integer(1), end_mask: integer(1), shrink_axis_mask: integer(4) },
    },
    { op: 'StridedSlice', x: row, others: [whole(0, 1), whole(0, 2), whole(1, 1)], attr: { ellipsis_mask: integer(1), new_axis_mask: integer(2) } },
  ],
  Pack: [0, 1, -1].map((axis) => ({ op: 'Pack', x: row, others: [signed], attr: { N: integer(2), axis: integer(axis) } })),
  Unpack: [{ op: 'Unpack', x: row, attr: { num: integer(4), axis: integer(1) }, outputs: 4 }],
  Split: [{ op: 'Split', x: row, others: [single(1)], at: 1, attr: { num_split: integer(2) }, outputs: 2 }],
  SplitV: [{ op: 'SplitV', x: row, others: [whole(1, 3), single(1)], attr: { num_split: integer(2) }, outputs: 2 }],
};
