/**
 * Pictures and their resizing. Coordinates are continuous: pixel i covers [i, i + 1), its centre is i + 0.5.
 * The same formulas stand in training/preprocessing/face.py; tests/parity compares the two.
 */

import { toLevel } from './levels';
import { shrinkWhole, wordsToShrink } from './whole_shrink';

/** RGBA, row by row, four bytes a pixel: what `getImageData` gives. Alpha is ignored. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** The weights by which an axis of `size` pixels shrinks to `parts` equal stretches. */
interface AxisWeights {
  /** Of each part: its first source pixel. */
  first: Int32Array;
  /** Of each part: where its weights begin in `weights`; one entry more than parts. */
  begin: Int32Array;
  weights: Float64Array;
}

function axisWeights(size: number, parts: number): AxisWeights {
  const step = size / parts;
  const first = new Int32Array(parts);
  const begin = new Int32Array(parts + 1);
  const weights: number[] = [];
  for (let part = 0; part < parts; part++) {
    const start = part * step;
    const end = start + step;
    first[part] = Math.floor(start);
    let sum = 0;
    for (let pixel = Math.floor(start); pixel < Math.min(size, Math.ceil(end)); pixel++) {
      const overlap = Math.max(0, Math.min(end, pixel + 1) - Math.max(start, pixel));
      weights.push(overlap);
      sum += overlap;
    }
    for (let i = begin[part]!; i < weights.length; i++) weights[i]! /= sum;
    begin[part + 1] = weights.length;
  }
  return { first, begin, weights: Float64Array.from(weights) };
}

/**
 * Resizes pictures of one size to another, again and again without allocating: RGBA in, RGB out.
 * Shrinking takes the mean over the source area of each output pixel (OpenCV's INTER_AREA); if either side grows,
 * both are sampled bilinearly.
 */
export class AreaResizer {
  private readonly shrinks: boolean;
  private readonly across: AxisWeights;
  private readonly down: AxisWeights;
  private readonly row: Float64Array;
  private readonly sum: Float64Array;

  constructor(
    readonly fromWidth: number,
    readonly fromHeight: number,
    readonly width: number,
    readonly height: number,
  ) {
    this.shrinks = width <= fromWidth && height <= fromHeight;
    this.across = axisWeights(fromWidth, width);
    this.down = axisWeights(fromHeight, height);
    this.row = new Float64Array(width * 3);
    this.sum = new Float64Array(width * 3);
  }

  /**
   * Writes the resized picture as RGB.
   * @param stride Pixels from one row of `out` to the next.
   * @param offset Of the first pixel in `out`, in pixels.
   */
  run(picture: Picture, out: Uint8Array, stride = this.width, offset = 0): void {
    if (picture.width !== this.fromWidth || picture.height !== this.fromHeight) {
      throw new RangeError(`expected ${this.fromWidth}x${this.fromHeight}, got ${picture.width}x${picture.height}`);
    }
    const words = wordsToShrink(picture, this.width, this.height);
    if (words) shrinkWhole(words, picture.width / this.width, picture.height / this.height, this.width, this.height, out, stride, offset);
    else if (this.shrinks) this.shrink(picture, out, stride, offset);
    else this.sample(picture, out, stride, offset);
  }

  private shrink(picture: Picture, out: Uint8Array, stride: number, offset: number): void {
    const { down, sum, row } = this;
    for (let y = 0; y < this.height; y++) {
      sum.fill(0);
      const begin = down.begin[y]!;
      for (let i = begin; i < down.begin[y + 1]!; i++) {
        this.shrinkRow(picture.data, (down.first[y]! + i - begin) * picture.width * 4);
        const weight = down.weights[i]!;
        for (let x = 0; x < row.length; x++) sum[x]! += weight * row[x]!;
      }
      const to = (offset + y * stride) * 3;
      for (let x = 0; x < sum.length; x++) out[to + x] = toLevel(sum[x]!);
    }
  }

  private shrinkRow(data: Picture['data'], rowStart: number): void {
    const { first, begin, weights } = this.across;
    const row = this.row;
    for (let x = 0; x < this.width; x++) {
      let at = rowStart + first[x]! * 4;
      let red = 0;
      let green = 0;
      let blue = 0;
      const end = begin[x + 1]!;
      for (let i = begin[x]!; i < end; i++, at += 4) {
        const weight = weights[i]!;
        red += weight * data[at]!;
        green += weight * data[at + 1]!;
        blue += weight * data[at + 2]!;
      }
      row[x * 3] = red;
      row[x * 3 + 1] = green;
      row[x * 3 + 2] = blue;
    }
  }

  private sample(picture: Picture, out: Uint8Array, stride: number, offset: number): void {
    const scaleX = this.fromWidth / this.width;
    const scaleY = this.fromHeight / this.height;
    const pixel = new Float64Array(3);
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) {
        pixel.fill(0);
        addSample(picture, (x + 0.5) * scaleX, (y + 0.5) * scaleY, pixel);
        const to = (offset + y * stride + x) * 3;
        for (let channel = 0; channel < 3; channel++) out[to + channel] = toLevel(pixel[channel]!);
      }
    }
  }
}

/** Resizes one picture to RGB of `width` x `height`. */
export function areaResize(picture: Picture, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height * 3);
  new AreaResizer(picture.width, picture.height, width, height).run(picture, out);
  return out;
}

function clamp(value: number, last: number): number {
  return value < 0 ? 0 : value > last ? last : value;
}

/** Adds the bilinear sample at continuous (x, y) to `sum` (three channels); the edge pixels repeat outwards. */
export function addSample(picture: Picture, x: number, y: number, sum: Float64Array): void {
  const { data, width, height } = picture;
  const left = Math.floor(x - 0.5);
  const top = Math.floor(y - 0.5);
  const shareRight = x - 0.5 - left;
  const shareBottom = y - 0.5 - top;
  const x0 = clamp(left, width - 1) * 4;
  const x1 = clamp(left + 1, width - 1) * 4;
  const y0 = clamp(top, height - 1) * width * 4;
  const y1 = clamp(top + 1, height - 1) * width * 4;
  const a = (1 - shareRight) * (1 - shareBottom);
  const b = shareRight * (1 - shareBottom);
  const c = (1 - shareRight) * shareBottom;
  const d = shareRight * shareBottom;
  for (let channel = 0; channel < 3; channel++) {
    sum[channel]! +=
      a * data[y0 + x0 + channel]! + b * data[y0 + x1 + channel]! + c * data[y1 + x0 + channel]! + d * data[y1 + x1 + channel]!;
  }
}

/** Luma in OpenCV's fixed-point arithmetic (ITU-R BT.601, 15 bits): RGB to one byte a pixel. */
export function toGray(rgb: Uint8Array): Uint8Array {
  const gray = new Uint8Array(rgb.length / 3);
  for (let i = 0, at = 0; i < gray.length; i++, at += 3) {
    gray[i] = (9798 * rgb[at]! + 19235 * rgb[at + 1]! + 3735 * rgb[at + 2]! + 16384) >> 15;
  }
  return gray;
}
