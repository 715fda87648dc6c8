import { CLAMP, COPY, FILL } from '../../../kernels/codes';
import type { Steps } from './steps';
import { denseStrides, isDense, type Border, type Tensor } from './tensor';
import { Unsupported } from './unsupported';

/** As many sides as the kernel goes through. */
const SIDES = 4;

interface Settings {
  low?: number;
  high?: number;
}

/** Computes `output` number by number. What is smaller than it serves several times, as in TensorFlow. */
export function map(steps: Steps, code: number, output: Tensor, first: Tensor, second: Tensor = first, { low = 0, high = 0 }: Settings = {}): void {
  const { sides, strides } = merged(output.shape, [output, first, second].map((tensor) => spread(tensor, output.shape)));
  const [o, f, s] = strides as [number[], number[], number[]];
  steps.call('map', {
    code,
    side0: sides[0]!, side1: sides[1]!, side2: sides[2]!, side3: sides[3]!,
    output, output0: o[0]!, output1: o[1]!, output2: o[2]!, output3: o[3]!,
    first, first0: f[0]!, first1: f[1]!, first2: f[2]!, first3: f[3]!,
    second, second0: s[0]!, second1: s[1]!, second2: s[2]!, second3: s[3]!,
    low, high,
  });
}

export function copy(steps: Steps, output: Tensor, input: Tensor): void {
  map(steps, COPY, output, input);
}

export function fill(steps: Steps, output: Tensor, value: number): void {
  map(steps, FILL, output, output, output, { low: value });
}

export function clamp(steps: Steps, output: Tensor, input: Tensor, low: number, high: number): void {
  map(steps, CLAMP, output, input, input, { low, high });
}

/** The tensor itself, or a copy whose numbers lie side by side. */
export function dense(steps: Steps, tensor: Tensor): Tensor {
  if (isDense(tensor)) return { ...tensor, strides: denseStrides(tensor.shape) };
  const output = steps.tensor(tensor.shape);
  copy(steps, output, tensor);
  return output;
}

/** A copy of pictures with a border. */
export function bordered(steps: Steps, tensor: Tensor, border: Border): Tensor {
  const output = steps.tensor(tensor.shape, border);
  copy(steps, output, tensor);
  return output;
}

/** Distances along the sides of `shape`. */
function spread({ shape, strides }: Tensor, wanted: readonly number[]): number[] {
  const missing = wanted.length - shape.length;
  return wanted.map((side, axis) => {
    const own = shape[axis - missing] ?? 1;
    if (own !== side && own !== 1) throw new Unsupported(`sides of ${shape.join(' x ')} to ${wanted.join(' x ')}`);
    return own === 1 ? 0 : strides[axis - missing]!;
  });
}

/** Sides that can be gone through as one become one: the fewer, the longer the innermost. */
function merged(shape: readonly number[], strides: readonly number[][]): { sides: number[]; strides: number[][] } {
  const sides: number[] = [];
  const kept = strides.map((): number[] => []);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const side = shape[axis]!;
    if (side === 1) continue;
    if (sides.length > 0 && strides.every((one, index) => one[axis] === kept[index]![0]! * sides[0]!)) {
      sides[0]! *= side;
      continue;
    }
    sides.unshift(side);
    kept.forEach((one, index) => one.unshift(strides[index]![axis]!));
  }
  if (sides.length > SIDES) throw new Unsupported(`numbers in ${sides.length} sides`);
  while (sides.length < SIDES) {
    sides.unshift(1);
    for (const one of kept) one.unshift(sides.length === 1 ? 4 : 0);
  }
  return { sides, strides: kept };
}

/** The shape of what two tensors give number by number. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, axis) => {
    const [one, other] = [a[axis - length + a.length] ?? 1, b[axis - length + b.length] ?? 1];
    if (one !== other && one !== 1 && other !== 1) throw new Unsupported(`numbers of ${a.join(' x ')} beside ${b.join(' x ')}`);
    return Math.max(one, other);
  });
}
