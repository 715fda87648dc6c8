/** TensorFlow's operators by the page's kernels. What an operator's attributes mean is in TensorFlow's op registry (tensorflow/core/ops). */
import {
  ABSOLUTE, ADD, DIVIDE, ELU, EXPONENTIAL, INVERSE_ROOT, LARGER, LARGEST, LEAKY_RELU, LOGARITHM, MULTIPLY, NEGATIVE, PRELU, PRODUCT, ROOT,
  SIGMOID, SMALLER, SMALLEST, SQUARE, SQUARED_DIFFERENCE, SUBTRACT, SUM, TANH,
} from '../../../kernels/codes';
import type { Attributes } from '../graph/attributes';
import type { Constants } from './constants';
import { convolution, depthwise, pool, product } from './convolution';
import { broadcast, clamp, copy, dense, fill, map } from './map';
import type { Steps } from './steps';
import { product as productOf, reshaped, sliced, transposed, type Tensor } from './tensor';
import { Unsupported } from './unsupported';
import type { Deferred, Result, Value } from './value';

/** What an operator is given of its node. */
export interface Node {
  steps: Steps;
  constants: Constants;
  attributes: Attributes;
  name: string;
  inputs: readonly Value[];
}

type Operator = (node: Node) => Result | readonly Result[];

function input({ inputs }: Node, index: number): Value {
  const value = inputs[index];
  if (!value) throw new Unsupported(`a node with fewer than ${index + 1} inputs`);
  return value;
}

/** Numbers that are settings and no data, such as axes. */
function settings(node: Node, index: number): number[] {
  return Array.from(node.constants.values(weight(node, index)));
}

function weight(node: Node, index: number): string {
  return input(node, index).weight ?? unsupported('weights and settings that are computed');
}

function unsupported(what: string): never {
  throw new Unsupported(what);
}

const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const unary =
  (code: number, low?: (attributes: Attributes) => number): Operator =>
  (node) => {
    const x = input(node, 0).read();
    const low1 = low?.(node.attributes) ?? 0;
    return { shape: x.shape, compute: (output) => map(node.steps, code, output, x, x, { low: low1 }) };
  };

const binary =
  (code: number): Operator =>
  (node) => {
    const [a, b] = [input(node, 0).read(), input(node, 1).read()];
    return { shape: broadcast(a.shape, b.shape), compute: (output) => map(node.steps, code, output, a, b) };
  };

/** What is added to a convolution becomes part of it. */
const sum: Operator = (node) => {
  const [a, b] = [input(node, 0), input(node, 1)];
  return added(a, b) ?? added(b, a) ?? binary(ADD)(node);
};

function added(to: Value, other: Value): Deferred | null {
  const { pending } = to;
  if (!pending) return null;
  const biased = other.weight !== null ? pending.biased?.(other.weight) : null;
  if (biased) return biased;
  const narrower = other.pending?.unpadded;
  const widened = narrower && equal(other.shape, to.shape) ? pending.plus?.(narrower) : null;
  return widened ?? (equal(other.shape, to.shape) && pending.plus ? pending.plus(other.read()) : null);
}

const equal = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((side, axis) => side === b[axis]);

const bounded =
  (low: number, high: number): Operator =>
  (node) => {
    const x = input(node, 0);
    return x.pending?.clamped?.(low, high) ?? clamped(node, x.read(), low, high);
  };

function clamped({ steps }: Node, x: Tensor, low: number, high: number): Deferred {
  return { shape: x.shape, compute: (output) => clamp(steps, output, x, low, high) };
}

const BOUNDS: Readonly<Record<string, [number, number]>> = { Relu: [0, Infinity], Relu6: [0, 6] };

const FUNCTIONS: Readonly<Record<string, [code: number, low?: (attributes: Attributes) => number]>> = {
  Elu: [ELU],
  LeakyRelu: [LEAKY_RELU, (attributes) => attributes.number('leakyrelu_alpha', 0.2)],
  Sigmoid: [SIGMOID],
  Tanh: [TANH],
};

/** The ending of a fused operator: a bias, and one function at most. */
function ended(node: Node, computed: Deferred): Deferred {
  const [bias, name, ...more] = node.attributes.texts('fused_ops');
  const fits = bias?.toLowerCase() === 'biasadd' && more.length === 0 && node.inputs.length === 3;
  const biased = fits ? computed.biased?.(weight(node, 2)) : null;
  if (!biased) return unsupported(`an operator fused with ${node.attributes.texts('fused_ops').join(' and ')}`);
  if (name === undefined) return biased;
  const bounds = Object.hasOwn(BOUNDS, name) ? BOUNDS[name]! : null;
  if (bounds) return biased.clamped!(...bounds)!;
  const [code, low] = (Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined) ?? unsupported(`an operator fused with ${name}`);
  return {
    shape: biased.shape,
    compute: (output) => {
      biased.compute(output);
      map(node.steps, code, output, output, output, { low: low?.(node.attributes) ?? 0 });
    },
  };
}

const convolved =
  (compute: typeof convolution): Operator =>
  (node) =>
    compute(node.steps, node.constants, node.attributes, input(node, 0), weight(node, 1));

const fusedConvolved =
  (compute: typeof convolution): Operator =>
  (node) =>
    ended(node, compute(node.steps, node.constants, node.attributes, input(node, 0), weight(node, 1)));

const pooled =
  (mean: boolean): Operator =>
  (node) => {
    const x = input(node, 0).read();
    return pool(node.steps, node.attributes, x.strides[3] === 4 ? x : dense(node.steps, x), mean);
  };

function multiplied(node: Node, first: string, second: string): Deferred {
  const x = input(node, 0).read();
  // The order is refused for more than two sides.
  const left = node.attributes.flag(first) ? transposed(x, [1, 0]) : x;
  return product(node.steps, node.constants, dense(node.steps, left), weight(node, 1), node.attributes.flag(second));
}

const matrices =
  (first: string, second: string): Operator =>
  (node) =>
    multiplied(node, first, second);

const reduction =
  (code: number, isMean = false): Operator =>
  (node) => {
    const { steps } = node;
    let x = dense(steps, input(node, 0).read());
    const { shape } = x;
    const axes = new Set(settings(node, 1).map((axis) => axisOf(axis, shape.length)));
    if (axes.size === 0 || [...axes].some((axis) => axis < 0 || axis >= shape.length)) unsupported('a reduction over other axes than there are');
    const kept = shape.map((side, axis) => (axes.has(axis) ? 1 : side));
    const share = isMean ? productOf(kept) / productOf(shape) : 1;
    // Neighbouring axes are one; the last ones first, so that the sides before them are what they were.
    for (let end = shape.length; end > 0; end--) {
      if (!axes.has(end - 1)) continue;
      let begin = end - 1;
      while (axes.has(begin - 1)) begin--;
      const [outer, middle, inner] = [shape.slice(0, begin), shape.slice(begin, end), kept.slice(end)].map(productOf) as [number, number, number];
      const last = !Array.from({ length: begin }, (_, axis) => axis).some((axis) => axes.has(axis));
      const output = steps.tensor([outer * inner]);
      steps.call('reduce', { code, input: x, output, outer, middle, inner, share: last ? share : 1 });
      x = output;
      end = begin;
    }
    return reshaped(x, node.attributes.flag('keep_dims') ? kept : shape.filter((_, axis) => !axes.has(axis)));
  };

const normalised: Operator = (node) => {
  if (node.attributes.flag('is_training')) unsupported('a normalisation that learns');
  const { steps, constants, name } = node;
  const x = input(node, 0).read();
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map((index) => constants.values(weight(node, index))) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const shape = constants.shape(weight(node, 1));
  const epsilon = node.attributes.number('epsilon', 1e-4);
  const factors = scale.map((value, channel) => value / Math.sqrt(variance[channel]! + epsilon));
  const factor = constants.computed(`${name} factors`, shape, () => factors);
  const rest = constants.computed(`${name} offsets`, shape, () => offset.map((value, channel) => value - mean[channel]! * factors[channel]!));
  return {
    shape: x.shape,
    compute: (output) => {
      map(steps, MULTIPLY, output, x, factor);
      map(steps, ADD, output, output, rest);
    },
  };
};

const padded: Operator = (node) => {
  const { steps } = node;
  const value = input(node, 0);
  const numbers = settings(node, 1);
  const constant = node.inputs.length > 2 ? settings(node, 2)[0]! : 0;
  const x = value.read();
  const before = x.shape.map((_, axis) => numbers[2 * axis]!);
  const after = x.shape.map((_, axis) => numbers[2 * axis + 1]!);
  const shape = x.shape.map((side, axis) => before[axis]! + side + after[axis]!);
  const channelsOnly = constant === 0 && before.every((count) => count === 0) && after.slice(0, -1).every((count) => count === 0);
  return {
    shape,
    ...(channelsOnly && { unpadded: x }),
    compute: (output) => {
      fill(steps, output, constant);
      copy(steps, sliced(output, before, x.shape), x);
    },
  };
};

const softmax: Operator = (node) => {
  const x = dense(node.steps, input(node, 0).read());
  const output = node.steps.tensor(x.shape);
  const length = x.shape.at(-1) ?? 1;
  node.steps.call('softmax', { input: x, output, rows: productOf(x.shape) / length, length });
  return output;
};

const shaped = (node: Node, shape: (from: readonly number[]) => readonly number[]): Tensor => {
  const x = input(node, 0).read();
  return reshaped(dense(node.steps, x), shape(x.shape));
};

const reshape: Operator = (node) =>
  shaped(node, (from) => {
    const wanted = settings(node, 1);
    const known = productOf(wanted.filter((side) => side !== -1));
    return wanted.map((side) => (side === -1 ? productOf(from) / known : side));
  });

const squeezed: Operator = (node) => {
  const axes = node.attributes.numbers('squeeze_dims');
  return shaped(node, (from) => {
    const gone = new Set(axes.map((axis) => axisOf(axis, from.length)));
    return from.filter((side, axis) => (axes.length > 0 ? !gone.has(axis) : side !== 1));
  });
};

const expanded: Operator = (node) =>
  shaped(node, (from) => {
    const at = axisOf(settings(node, 1)[0]!, from.length + 1);
    return [...from.slice(0, at), 1, ...from.slice(at)];
  });

const joined =
  (axisInput: (inputs: number) => number): Operator =>
  (node) => {
    const { steps, inputs } = node;
    const at = axisInput(inputs.length);
    const parts = inputs.filter((_, index) => index !== at).map((value) => value.read());
    const axis = axisOf(settings(node, at)[0]!, parts[0]!.shape.length);
    return put(steps, parts, axis);
  };

/** One after another along an axis. */
function put(steps: Steps, parts: readonly Tensor[], axis: number): Deferred {
  const [{ shape }] = parts as [Tensor];
  const total = parts.reduce((length, part) => length + part.shape[axis]!, 0);
  return {
    shape: shape.map((side, index) => (index === axis ? total : side)),
    compute: (output) => {
      let from = 0;
      for (const part of parts) {
        copy(steps, sliced(output, shape.map((_, index) => (index === axis ? from : 0)), part.shape), part);
        from += part.shape[axis]!;
      }
    },
  };
}

const packed: Operator = (node) => {
  const parts = node.inputs.map((value) => dense(node.steps, value.read()));
  const axis = axisOf(node.attributes.number('axis', 0), parts[0]!.shape.length + 1);
  return put(node.steps, parts.map((part) => reshaped(part, [...part.shape.slice(0, axis), 1, ...part.shape.slice(axis)])), axis);
};

/** Parts of so many numbers along an axis. */
function cut(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  if (sizes.reduce((total, size) => total + size, 0) !== x.shape[axis]) unsupported('parts that are not the whole');
  let from = 0;
  return sizes.map((size) => {
    const part = sliced(x, x.shape.map((_, index) => (index === axis ? from : 0)), x.shape.map((side, index) => (index === axis ? size : side)));
    from += size;
    return part;
  });
}

const split: Operator = (node) => {
  const x = input(node, 1).read();
  const axis = axisOf(settings(node, 0)[0]!, x.shape.length);
  const count = node.attributes.number('num_split', 1);
  return cut(x, Array<number>(count).fill(x.shape[axis]! / count), axis);
};

const splitBySizes: Operator = (node) => {
  const x = input(node, 0).read();
  const axis = axisOf(settings(node, 2)[0]!, x.shape.length);
  const sizes = settings(node, 1);
  const known = sizes.filter((size) => size >= 0).reduce((total, size) => total + size, 0);
  return cut(x, sizes.map((size) => (size < 0 ? x.shape[axis]! - known : size)), axis);
};

const unpacked: Operator = (node) => {
  const x = input(node, 0).read();
  const axis = axisOf(node.attributes.number('axis', 0), x.shape.length);
  return cut(x, Array<number>(x.shape[axis]!).fill(1), axis).map((part) => without(part, axis));
};

/** The same numbers without a side of one. */
function without({ storage, offset, shape, strides }: Tensor, axis: number): Tensor {
  return { storage, offset, shape: shape.filter((_, index) => index !== axis), strides: strides.filter((_, index) => index !== axis) };
}

const slice: Operator = (node) => {
  const x = input(node, 0).read();
  const begin = settings(node, 1);
  return sliced(x, begin, settings(node, 2).map((size, axis) => (size === -1 ? x.shape[axis]! - begin[axis]! : size)));
};

const stridedSlice: Operator = (node) => {
  const mask = (name: string): number => node.attributes.number(`${name}_mask`, 0);
  if (mask('ellipsis') !== 0 || mask('new_axis') !== 0) unsupported('slices with an ellipsis or new axes');
  const x = input(node, 0).read();
  const [begins, ends, strides] = [settings(node, 1), settings(node, 2), settings(node, 3)];
  const has = (bits: number, axis: number): boolean => ((bits >> axis) & 1) === 1;
  const spans = x.shape.map((side, axis) => {
    if (axis >= begins.length) return { first: 0, size: side, step: 1 };
    const step = strides[axis]!;
    const within = (at: number): number => Math.min(Math.max(axisOf(at, side), step < 0 ? -1 : 0), step < 0 ? side - 1 : side);
    if (has(mask('shrink_axis'), axis)) return { first: axisOf(begins[axis]!, side), size: 1, step: 1 };
    const first = has(mask('begin'), axis) ? (step < 0 ? side - 1 : 0) : within(begins[axis]!);
    const end = has(mask('end'), axis) ? (step < 0 ? -1 : side) : within(ends[axis]!);
    return { first, size: Math.max(0, Math.ceil((end - first) / step)), step };
  });
  const whole = sliced(x, spans.map(({ first }) => first), spans.map(({ size }) => size), spans.map(({ step }) => step));
  return x.shape.reduceRight((part, _, axis) => (has(mask('shrink_axis'), axis) && axis < begins.length ? without(part, axis) : part), whole);
};

/** By TensorFlow's names, as `model.json` has them. What is missing here, TensorFlow.js computes. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map(Object.entries<Operator>({
  Identity: (node) => input(node, 0).pending ?? input(node, 0).read(),

  Add: sum,
  AddV2: sum,
  BiasAdd: sum,
  Sub: binary(SUBTRACT),
  Mul: binary(MULTIPLY),
  Div: binary(DIVIDE),
  RealDiv: binary(DIVIDE),
  Maximum: binary(LARGER),
  Minimum: binary(SMALLER),
  SquaredDifference: binary(SQUARED_DIFFERENCE),

  Abs: unary(ABSOLUTE),
  Neg: unary(NEGATIVE),
  Exp: unary(EXPONENTIAL),
  Log: unary(LOGARITHM),
  Sqrt: unary(ROOT),
  Rsqrt: unary(INVERSE_ROOT),
  Square: unary(SQUARE),
  ClipByValue: (node) => bounded(settings(node, 1)[0]!, settings(node, 2)[0]!)(node),

  Relu: bounded(0, Infinity),
  Relu6: bounded(0, 6),
  Elu: unary(ELU),
  LeakyRelu: unary(LEAKY_RELU, (attributes) => attributes.number('alpha', 0.2)),
  Prelu: binary(PRELU),
  Sigmoid: unary(SIGMOID),
  Tanh: unary(TANH),
  Softmax: softmax,

  Conv2D: convolved(convolution),
  _FusedConv2D: fusedConvolved(convolution),
  DepthwiseConv2d: convolved(depthwise),
  DepthwiseConv2dNative: convolved(depthwise),
  FusedDepthwiseConv2dNative: fusedConvolved(depthwise),
  AvgPool: pooled(true),
  MaxPool: pooled(false),

  MatMul: matrices('transpose_a', 'transpose_b'),
  BatchMatMul: matrices('adj_x', 'adj_y'),
  BatchMatMulV2: matrices('adj_x', 'adj_y'),
  _FusedMatMul: (node) => ended(node, multiplied(node, 'transpose_a', 'transpose_b')),
  Transpose: (node) => transposed(input(node, 0).read(), settings(node, 1)),

  FusedBatchNorm: normalised,
  FusedBatchNormV2: normalised,
  FusedBatchNormV3: normalised,

  Mean: reduction(SUM, true),
  Sum: reduction(SUM),
  Max: reduction(LARGEST),
  Min: reduction(SMALLEST),
  Prod: reduction(PRODUCT),

  ExpandDims: expanded,
  Squeeze: squeezed,
  Reshape: reshape,
  Pad: padded,
  PadV2: padded,

  Concat: joined(() => 0),
  ConcatV2: joined((inputs) => inputs - 1),
  Slice: slice,
  StridedSlice: stridedSlice,
  Pack: packed,
  Unpack: unpacked,
  Split: split,
  SplitV: splitBySizes,
}));
