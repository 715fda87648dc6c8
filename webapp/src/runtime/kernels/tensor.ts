/** Tensors as the kernels see them: numbers of 32 bits at regular distances. Whatever a file says, none reaches beyond its storage. */
import { Unsupported } from './unsupported';

export const NUMBER_BYTES = 4;

/** Where tensors lie. Several may share it. */
export interface Storage {
  bytes: number;
  /** An address, where it is fixed. Else it is a distance from the beginning of the workspace, once it has been placed. */
  at: number;
  fixed: boolean;
  /** The first and the last step that touch it. */
  first: number;
  last: number;
}

export interface Tensor {
  storage: Storage;
  /** Of the first number. */
  offset: number;
  shape: readonly number[];
  /** By side, bytes from one number to the next. */
  strides: readonly number[];
}

/** Zeros around pictures. */
export interface Border {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export const NO_BORDER: Border = { top: 0, left: 0, bottom: 0, right: 0 };

export function product(numbers: readonly number[]): number {
  return numbers.reduce((result, number) => result * number, 1);
}

/** Numbers of so many sides; more than any tensor has are taken for a fault. */
const MAX_NUMBERS = 1 << 26;

function checked(shape: readonly number[]): readonly number[] {
  if (shape.every((side) => Number.isInteger(side) && side > 0) && product(shape) <= MAX_NUMBERS) return shape;
  throw new Unsupported(`tensors of ${shape.join(' x ')} numbers`);
}

export function bytesOf(shape: readonly number[]): number {
  return product(checked(shape)) * NUMBER_BYTES;
}

/** Of numbers that lie side by side. */
export function denseStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => NUMBER_BYTES * product(shape.slice(axis + 1)));
}

export function isDense({ shape, strides }: Tensor): boolean {
  const dense = denseStrides(shape);
  return shape.every((side, axis) => side === 1 || strides[axis] === dense[axis]);
}

/** The same numbers in other sides, where they lie side by side. */
export function reshaped({ storage, offset, shape: from }: Tensor, shape: readonly number[]): Tensor {
  if (product(checked(shape)) !== product(from)) throw new Unsupported(`${from.join(' x ')} numbers as ${shape.join(' x ')}`);
  return { storage, offset, shape, strides: denseStrides(shape) };
}

/** The sides in another order. */
export function transposed({ storage, offset, shape, strides }: Tensor, order: readonly number[]): Tensor {
  if (order.length !== shape.length || !shape.every((_, axis) => order.includes(axis))) throw new Unsupported(`the order ${order.join(', ')} of sides`);
  return { storage, offset, shape: order.map((axis) => shape[axis]!), strides: order.map((axis) => strides[axis]!) };
}

/** Of each side so many numbers, from a first one on, `steps` apart. */
export function sliced({ storage, offset, shape: from, strides }: Tensor, begin: readonly number[], shape: readonly number[], steps?: readonly number[]): Tensor {
  const within = (at: number, axis: number): boolean => at >= 0 && at < from[axis]!;
  const fits = checked(shape).every((side, axis) => within(begin[axis]!, axis) && within(begin[axis]! + (side - 1) * (steps?.[axis] ?? 1), axis));
  if (!fits || shape.length !== from.length) throw new Unsupported(`${shape.join(' x ')} numbers from ${begin.join(', ')} on of ${from.join(' x ')}`);
  return {
    storage,
    offset: offset + begin.reduce((sum, first, axis) => sum + first * strides[axis]!, 0),
    shape,
    strides: strides.map((stride, axis) => stride * (steps?.[axis] ?? 1)),
  };
}
