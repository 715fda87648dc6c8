/** Depthwise convolution: each channel by itself, four side by side. */
import { clamp, loadPart, madd, storePart } from './simd';

/** Distances are in bytes. The input has its border of zeros with it. */
@unmanaged
class Depthwise {
  /** The first input of the first output pixel. */
  input: usize;
  /** From an output pixel's inputs to those of the next one in the row, in the next row, in the next picture. */
  inputPixel: i32;
  inputRow: i32;
  inputPicture: i32;
  /** The kernel: rows, from one to the next; in each, columns, from one to the next. */
  rows: i32;
  row: i32;
  columns: i32;
  column: i32;
  /** By row, column and channel. */
  weights: usize;
  bias: usize;
  output: usize;
  outputPixel: i32;
  outputRow: i32;
  outputPicture: i32;
  /** Of the output. */
  pictures: i32;
  height: i32;
  width: i32;
  channels: i32;
  low: f32;
  high: f32;
}

export function depthwise(at: usize): void {
  const d = changetype<Depthwise>(at);
  // Side by side, pixels of a row share what they read, and each weight is read once for them.
  const adjacent = d.rows == 3 && d.columns == 3 && d.inputPixel == d.column && d.width >= 4;
  for (let picture = 0; picture < d.pictures; picture++) {
    for (let y = 0; y < d.height; y++) {
      const input = d.input + picture * d.inputPicture + y * d.inputRow;
      const output = d.output + picture * d.outputPicture + y * d.outputRow;
      if (adjacent) {
        // The last four may overlap those before, and are then computed anew.
        for (let x = 0; x < d.width; x += 4) {
          const from = min(x, d.width - 4);
          fourPixels(d, input + from * d.inputPixel, output + from * d.outputPixel);
        }
      } else {
        for (let x = 0; x < d.width; x++) onePixel(d, input + x * d.inputPixel, output + x * d.outputPixel);
      }
    }
  }
}

function onePixel(d: Depthwise, input: usize, output: usize): void {
  let channel = 0;
  for (; channel + 4 <= d.channels; channel += 4) onePixelOf(d, input, output, channel, 4);
  if (channel < d.channels) onePixelOf(d, input, output, channel, d.channels - channel);
}

/** Up to four channels. Inlined, so that where there are four nothing asks how many. */
// @ts-ignore: decorator
@inline
function onePixelOf(d: Depthwise, input: usize, output: usize, channel: i32, count: i32): void {
  const tap = d.channels * 4;
  const at = channel * 4;
  let weights = d.weights + at;
  let sum = loadPart(d.bias + at, count);
  for (let row = 0; row < d.rows; row++) {
    let from = input + row * d.row + at;
    for (let column = d.columns; column > 0; column--) {
      sum = madd(loadPart(from, count), loadPart(weights, count), sum);
      from += d.column;
      weights += tap;
    }
  }
  storePart(output + at, clamp(sum, f32x4.splat(d.low), f32x4.splat(d.high)), count);
}

/** With a kernel of 3 x 3 that moves by one pixel. */
function fourPixels(d: Depthwise, input: usize, output: usize): void {
  let channel = 0;
  for (; channel + 4 <= d.channels; channel += 4) fourPixelsOf(d, input, output, channel, 4);
  if (channel < d.channels) fourPixelsOf(d, input, output, channel, d.channels - channel);
}

// @ts-ignore: decorator
@inline
function fourPixelsOf(d: Depthwise, input: usize, output: usize, channel: i32, count: i32): void {
  const tap = d.channels * 4;
  const column = d.column;
  const at = channel * 4;
  let weights = d.weights + at;
  let from = input + at;
  let s0 = loadPart(d.bias + at, count);
  let s1 = s0, s2 = s0, s3 = s0;
  for (let row = 0; row < 3; row++) {
    const w0 = loadPart(weights, count);
    const w1 = loadPart(weights + tap, count);
    const w2 = loadPart(weights + 2 * tap, count);
    weights += 3 * tap;
    let value = loadPart(from, count);
    s0 = madd(value, w0, s0);
    value = loadPart(from + column, count);
    s0 = madd(value, w1, s0);
    s1 = madd(value, w0, s1);
    value = loadPart(from + 2 * column, count);
    s0 = madd(value, w2, s0);
    s1 = madd(value, w1, s1);
    s2 = madd(value, w0, s2);
    value = loadPart(from + 3 * column, count);
    s1 = madd(value, w2, s1);
    s2 = madd(value, w1, s2);
    s3 = madd(value, w0, s3);
    value = loadPart(from + 4 * column, count);
    s2 = madd(value, w2, s2);
    s3 = madd(value, w1, s3);
    s3 = madd(loadPart(from + 5 * column, count), w2, s3);
    from += d.row;
  }
  const low = f32x4.splat(d.low);
  const high = f32x4.splat(d.high);
  storePart(output + at, clamp(s0, low, high), count);
  storePart(output + d.outputPixel + at, clamp(s1, low, high), count);
  storePart(output + 2 * d.outputPixel + at, clamp(s2, low, high), count);
  storePart(output + 3 * d.outputPixel + at, clamp(s3, low, high), count);
}
