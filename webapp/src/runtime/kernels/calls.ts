/** What each kernel is told: the fields of its class in webapp/kernels, in their order, whole numbers first. */

const PICTURES = ['pictures', 'height', 'width', 'channels'] as const;
const OUTPUT = ['output', 'outputPixel', 'outputRow', 'outputPicture'] as const;
const INPUT = ['input', 'inputPixel', 'inputRow', 'inputPicture'] as const;
const RESIDUAL = ['residual', 'residualPixel', 'residualRow', 'residualPicture', 'residualChannels'] as const;

const WINOGRAD = [...INPUT, 'depth', 'weights', 'bias', 'patches', ...OUTPUT, ...PICTURES, ...RESIDUAL] as const;

export const CALLS = {
  convolution: {
    whole: [
      ...INPUT,
      ...['rows', 'row', 'runs', 'run', 'length', 'weights', 'bias'],
      ...OUTPUT,
      ...PICTURES,
      ...RESIDUAL,
    ],
    real: ['low', 'high'],
  },
  winograd: { whole: WINOGRAD, real: ['low', 'high'] },
  winogradLarge: { whole: WINOGRAD, real: ['low', 'high'] },
  depthwise: {
    whole: [...INPUT, 'rows', 'row', 'columns', 'column', 'weights', 'bias', ...OUTPUT, ...PICTURES],
    real: ['low', 'high'],
  },
  pool: {
    whole: [
      ...INPUT,
      ...['inputHeight', 'inputWidth'],
      ...OUTPUT,
      ...PICTURES,
      ...['rows', 'columns', 'strideRows', 'strideColumns', 'top', 'left', 'mean'],
    ],
    real: [],
  },
  map: {
    whole: [
      'code',
      ...['side0', 'side1', 'side2', 'side3'],
      ...['output', 'output0', 'output1', 'output2', 'output3'],
      ...['first', 'first0', 'first1', 'first2', 'first3'],
      ...['second', 'second0', 'second1', 'second2', 'second3'],
    ],
    real: ['low', 'high'],
  },
  reduce: { whole: ['code', 'input', 'output', 'outer', 'middle', 'inner'], real: ['share'] },
  softmax: { whole: ['input', 'output', 'rows', 'length'], real: [] },
  border: {
    whole: ['output', 'pictures', 'picture', 'row', 'pixel', 'height', 'width', 'top', 'left', 'bottom', 'right'],
    real: [],
  },
} as const;

export type KernelName = keyof typeof CALLS;

export type WholeField<Name extends KernelName> = (typeof CALLS)[Name]['whole'][number];
export type RealField<Name extends KernelName> = (typeof CALLS)[Name]['real'][number];

/** All of them have four bytes. */
export const FIELD_BYTES = 4;
