/** Where the windows of convolutions and pools lie on a picture. */
import type { Attributes } from '../graph/attributes';
import { NO_BORDER, type Border } from './tensor';

/** One side of it. */
export interface Side {
  /** Of the result. */
  size: number;
  stride: number;
  dilation: number;
  /** How far windows reach beyond the picture. */
  before: number;
  after: number;
}

type Pair = readonly [number, number];

/** Only the two middle ones of four numbers, one for each side of a picture. */
function ofPicture(numbers: readonly number[]): Pair {
  return numbers.length === 4 ? [numbers[1]!, numbers[2]!] : [1, 1];
}

/** Height, then width. */
export function sides(attributes: Attributes, picture: Pair, kernel: Pair): [Side, Side] {
  if (attributes.text('data_format', 'NHWC') !== 'NHWC') attributes.fail('data_format', 'NHWC');
  const strides = ofPicture(attributes.numbers('strides'));
  const dilations = ofPicture(attributes.numbers('dilations'));
  const explicit = attributes.numbers('explicit_paddings');
  const kind = attributes.text('padding', '').toUpperCase();
  const side = (axis: 0 | 1): Side => {
    const [stride, dilation] = [strides[axis], dilations[axis]];
    const reach = (kernel[axis] - 1) * dilation + 1;
    if (kind === 'SAME') {
      const size = Math.ceil(picture[axis] / stride);
      const beyond = Math.max(0, (size - 1) * stride + reach - picture[axis]);
      const before = Math.floor(beyond / 2);
      return { size, stride, dilation, before, after: beyond - before };
    }
    const [before, after] = kind === 'EXPLICIT' ? [explicit[2 + 2 * axis] ?? 0, explicit[3 + 2 * axis] ?? 0] : [0, 0];
    return { size: Math.floor((picture[axis] + before + after - reach) / stride) + 1, stride, dilation, before, after };
  };
  return [side(0), side(1)];
}

/** At most so much border does a convolution read, whatever the size of the picture. */
export function borderRead(attributes: Attributes, kernel: Pair): Border {
  const kind = attributes.text('padding', '').toUpperCase();
  if (kind === 'EXPLICIT') {
    const [, , top = 0, bottom = 0, left = 0, right = 0] = attributes.numbers('explicit_paddings');
    return { top, left, bottom, right };
  }
  if (kind !== 'SAME') return NO_BORDER;
  const dilations = ofPicture(attributes.numbers('dilations'));
  const [rows, columns] = kernel.map((size, axis) => (size - 1) * dilations[axis as 0 | 1]) as [number, number];
  return { top: Math.floor(rows / 2), left: Math.floor(columns / 2), bottom: Math.ceil(rows / 2), right: Math.ceil(columns / 2) };
}

export function widest(borders: readonly Border[]): Border {
  const most = (side: keyof Border): number => Math.max(0, ...borders.map((border) => border[side]));
  return { top: most('top'), left: most('left'), bottom: most('bottom'), right: most('right') };
}
