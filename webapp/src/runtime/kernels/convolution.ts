import type { Attributes } from '../graph/attributes';
import { LARGE_TILES, PADDING, TILES } from '../../../kernels/codes';
import { WINOGRAD_PLANES, type Constants, type WinogradKernel } from './constants';
import type { Address, Steps } from './steps';
import { NUMBER_BYTES, denseStrides, type Tensor } from './tensor';
import { Unsupported } from './unsupported';
import type { Deferred, Value } from './value';
import { sides, type Side } from './window';

/** Of a deferred convolution, what may still change. */
interface Ending {
  /** Names of weights. */
  bias: string | null;
  residual: Tensor | null;
  low: number;
  high: number;
}

const PLAIN: Ending = { bias: null, residual: null, low: -Infinity, high: Infinity };

type Emit = (output: Tensor, ending: Ending) => void;

/** A convolution that may still be given an ending. */
class Ended implements Deferred {
  constructor(
    readonly shape: readonly number[],
    private readonly emit: Emit,
    private readonly constants: Constants,
    private readonly takesResidual: boolean,
    private readonly ending: Ending = PLAIN,
  ) {}

  compute(output: Tensor): void {
    this.emit(output, this.ending);
  }

  biased(name: string): Deferred | null {
    const shape = this.constants.shape(name);
    const fits = shape.length === 1 && shape[0] === this.shape.at(-1);
    return fits && this.ending.bias === null && this.open ? this.with({ bias: name }) : null;
  }

  plus(residual: Tensor): Deferred | null {
    const channels = residual.shape.at(-1)!;
    const fits =
      this.takesResidual &&
      residual.shape.length === this.shape.length &&
      channels <= this.shape.at(-1)! &&
      residual.shape.every((side, axis) => axis === this.shape.length - 1 || side === this.shape[axis]) &&
      (channels === 1 || residual.strides.at(-1) === NUMBER_BYTES);
    return fits && this.open ? this.with({ residual }) : null;
  }

  clamped(low: number, high: number): Deferred | null {
    return this.ending.low === -Infinity && this.ending.high === Infinity ? this.with({ low, high }) : null;
  }

  /** Whether something can still be added. */
  private get open(): boolean {
    return this.ending.residual === null && this.ending.low === -Infinity && this.ending.high === Infinity;
  }

  private with(change: Partial<Ending>): Deferred {
    return new Ended(this.shape, this.emit, this.constants, this.takesResidual, { ...this.ending, ...change });
  }
}

type Four = readonly [number, number, number, number];

function fourSides(shape: readonly number[], what: string): Four {
  if (shape.length !== 4) throw new Unsupported(`${what} of ${shape.length} sides`);
  return shape as unknown as Four;
}

/** Channels must lie side by side. */
function channelsAdjacent(steps: Steps, input: Tensor, copy: (steps: Steps, tensor: Tensor) => Tensor): Tensor {
  return input.strides[3] === NUMBER_BYTES ? input : copy(steps, input);
}

const firstWindow = ({ storage, offset, strides }: Tensor, height: Side, width: Side): Address => ({
  storage,
  offset: offset - height.before * strides[1]! - width.before * strides[2]!,
});

function read(value: Value, [height, width]: [Side, Side]): Tensor {
  return value.readWith({ top: height.before, left: width.before, bottom: height.after, right: width.after });
}

function checkSize(sizes: readonly Side[]): void {
  if (sizes.some(({ size }) => size < 1)) throw new Unsupported('windows that are larger than the picture');
}

export function convolution(steps: Steps, constants: Constants, attributes: Attributes, input: Value, filter: string): Deferred {
  const [pictures, inputHeight, inputWidth, depth] = fourSides(input.shape, 'pictures');
  const [rows, columns, filterDepth, channels] = fourSides(constants.shape(filter), 'a kernel');
  if (depth !== filterDepth) throw new Unsupported(`a kernel for ${filterDepth} channels on ${depth}`);
  const windows = sides(attributes, [inputHeight, inputWidth], [rows, columns]);
  checkSize(windows);
  const [height, width] = windows;
  const tensor = channelsAdjacent(steps, read(input, windows), () => { throw new Unsupported('channels apart from each other'); });
  const [picture, row, pixel] = tensor.strides as Four;
  if (rows === 3 && columns === 3 && windows.every(isPlain) && depth % 4 === 0 && channels % 8 === 0 && Math.min(depth, channels) >= FEWEST_TRANSFORMED) {
    const large = windows.every(({ size }) => size >= FEWEST_LARGE) && depth * channels <= MOST_LARGE;
    return winograd(large ? 'winogradLarge' : 'winograd', steps, constants, tensor, filter, windows);
  }
  // Neighbouring pixels of a row are one run, unless there is something between them.
  const oneRun = width.dilation === 1 && pixel === depth * NUMBER_BYTES;
  const weights = constants.packed(filter, rows * columns * depth, channels);
  const emit: Emit = (output, { bias, residual, low, high }) => {
    steps.call('convolution', {
      input: firstWindow(tensor, height, width),
      inputPixel: width.stride * pixel,
      inputRow: height.stride * row,
      inputPicture: picture,
      rows,
      row: height.dilation * row,
      runs: oneRun ? 1 : columns,
      run: oneRun ? 0 : width.dilation * pixel,
      length: oneRun ? columns * depth : depth,
      weights,
      bias: constants.bias(bias, channels),
      ...written(output),
      ...added(residual),
      low, high,
    });
  };
  return new Ended([pictures, height.size, width.size, channels], emit, constants, true);
}

/** With few channels the transforms weigh more beside the products that they save. 24 is the fewest that a shipped face network has; less was not timed. */
const FEWEST_TRANSFORMED = 16;

/** Windows come in pairs; of an odd number the last one comes twice, which weighs too much where there are few. */
const FEWEST_ODD = 5;

/** Whether windows lie side by side, and pairs of them pay. */
function isPlain({ stride, dilation, size }: Side): boolean {
  return stride === 1 && dilation === 1 && (size % 2 === 0 || size >= FEWEST_ODD);
}

/** Sides of a picture from which larger tiles pay, two of which may lie partly upon each other, and most pairs of channels for whose weights they do: 36 numbers each. */
const FEWEST_LARGE = 5;
const MOST_LARGE = 128 * 128;

const TILES_OF: Readonly<Record<WinogradKernel, number>> = { winograd: TILES, winogradLarge: LARGE_TILES };

/** Of 3 x 3 at a stride of one, with less than half of the products. */
function winograd(kernel: WinogradKernel, steps: Steps, constants: Constants, input: Tensor, filter: string, [height, width]: [Side, Side]): Deferred {
  const [, , depth, channels] = constants.shape(filter) as Four;
  const [inputPicture, inputRow, inputPixel] = input.strides as Four;
  const weights = constants.transformed(filter, depth, channels, kernel);
  const emit: Emit = (output, { bias, residual, low, high }) => {
    const patches = steps.tensor([WINOGRAD_PLANES[kernel], TILES_OF[kernel] * depth + PADDING]);
    steps.call(kernel, {
      input: firstWindow(input, height, width), inputPixel, inputRow, inputPicture, depth,
      weights,
      bias: constants.bias(bias, channels),
      patches,
      ...written(output),
      ...added(residual),
      low, high,
    });
  };
  return new Ended([input.shape[0]!, height.size, width.size, channels], emit, constants, true);
}

/** Where a kernel leaves its pictures. */
function written(output: Tensor): Record<'output' | 'outputPixel' | 'outputRow' | 'outputPicture' | 'pictures' | 'height' | 'width' | 'channels', number | Address> {
  const [outputPicture, outputRow, outputPixel] = output.strides as Four;
  const [pictures, height, width, channels] = output.shape as Four;
  return { output, outputPixel, outputRow, outputPicture, pictures, height, width, channels };
}

/** And what it adds to them. */
function added(residual: Tensor | null): Record<'residual' | 'residualPixel' | 'residualRow' | 'residualPicture' | 'residualChannels', number | Address> {
  const [residualPicture, residualRow, residualPixel] = (residual?.strides ?? [0, 0, 0]) as unknown as Four;
  return { residual: residual ?? 0, residualPixel, residualRow, residualPicture, residualChannels: residual?.shape.at(-1) ?? 0 };
}

export function depthwise(steps: Steps, constants: Constants, attributes: Attributes, input: Value, filter: string): Deferred {
  const [pictures, inputHeight, inputWidth, channels] = fourSides(input.shape, 'pictures');
  const [rows, columns, filterDepth, multiplier] = fourSides(constants.shape(filter), 'a kernel');
  if (channels !== filterDepth || multiplier !== 1) throw new Unsupported(`${multiplier} results of each of ${filterDepth} channels on ${channels}`);
  const windows = sides(attributes, [inputHeight, inputWidth], [rows, columns]);
  checkSize(windows);
  const [height, width] = windows;
  const tensor = channelsAdjacent(steps, read(input, windows), () => { throw new Unsupported('channels apart from each other'); });
  const [picture, row, pixel] = tensor.strides as Four;
  const weights = constants.tensor(filter);
  const emit: Emit = (output, { bias, low, high }) => {
    const [outputPicture, outputRow, outputPixel] = output.strides as Four;
    steps.call('depthwise', {
      input: firstWindow(tensor, height, width),
      inputPixel: width.stride * pixel,
      inputRow: height.stride * row,
      inputPicture: picture,
      rows,
      row: height.dilation * row,
      columns,
      column: width.dilation * pixel,
      weights,
      bias: constants.bias(bias, channels),
      output, outputPixel, outputRow, outputPicture,
      pictures, height: height.size, width: width.size, channels,
      low, high,
    });
  };
  return new Ended([pictures, height.size, width.size, channels], emit, constants, false);
}

/** A product with a matrix of weights: a convolution of 1 x 1 over a row of pixels. */
export function product(steps: Steps, constants: Constants, input: Tensor, filter: string, transposed: boolean): Deferred {
  const shape = constants.shape(filter);
  if (input.shape.length !== 2 || shape.length !== 2) throw new Unsupported('products of stacks of matrices');
  const [rows, columns] = shape as [number, number];
  const [depth, channels] = transposed ? [columns, rows] : [rows, columns];
  const [width, length] = input.shape as [number, number];
  if (length !== depth) throw new Unsupported(`a product of ${length} columns and ${depth} rows`);
  const weights = constants.packed(filter, rows, columns, transposed);
  const [inputPixel] = denseStrides(input.shape) as [number, number];
  const emit: Emit = (output, { bias, residual, low, high }) => {
    steps.call('convolution', {
      input, inputPixel, inputRow: 0, inputPicture: 0,
      rows: 1, row: 0, runs: 1, run: 0, length,
      weights,
      bias: constants.bias(bias, channels),
      output, outputPixel: output.strides[0]!, outputRow: 0, outputPicture: 0,
      pictures: 1, height: 1, width, channels,
      residual: residual ?? 0, residualPixel: residual?.strides[0] ?? 0, residualRow: 0, residualPicture: 0,
      residualChannels: residual?.shape.at(-1) ?? 0,
      low, high,
    });
  };
  return new Ended([width, channels], emit, constants, true);
}

export function pool(steps: Steps, attributes: Attributes, input: Tensor, mean: boolean): Deferred {
  const [pictures, inputHeight, inputWidth, channels] = fourSides(input.shape, 'pictures');
  const ksize = attributes.numbers('ksize');
  const [rows, columns] = [ksize[1] ?? 1, ksize[2] ?? 1];
  const windows = sides(attributes, [inputHeight, inputWidth], [rows, columns]);
  checkSize(windows);
  const [height, width] = windows;
  const [inputPicture, inputRow, inputPixel] = input.strides as Four;
  return {
    shape: [pictures, height.size, width.size, channels],
    compute: (output) => {
      const [outputPicture, outputRow, outputPixel] = output.strides as Four;
      steps.call('pool', {
        input, inputPixel, inputRow, inputPicture, inputHeight, inputWidth,
        output, outputPixel, outputRow, outputPicture,
        pictures, height: height.size, width: width.size, channels,
        rows, columns, strideRows: height.stride, strideColumns: width.stride,
        top: height.before, left: width.before, mean: mean ? 1 : 0,
      });
    },
  };
}
