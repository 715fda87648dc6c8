/**
 * Convolution as a matrix product that is never laid out: four output pixels by eight output channels at a time, whose
 * sums stay in registers. A product of matrices is one of 1 x 1.
 *
 * Four by eight and one input at a time is what V8 makes the most of: larger tiles and unrolled loops gain nothing with
 * fused products (28 against 28 GMAC/s) and lose a third without, where each product needs a register of its own.
 */
import { clamp, loadPart, madd, storePart } from './simd';

const TILE = 4;
const BLOCK = 8;

/** Output pixels whose inputs stay in the cache while the channels go by. A whole number of tiles. */
const CHUNK = 192;

/** Of an output pixel: where its first input lies, where its channels go, and where what is added to them lies. */
@unmanaged
class Pixel {
  input: usize;
  output: usize;
  residual: usize;
}

/** The pixels of a chunk. */
const pixels: usize = memory.data(CHUNK * 12);

/** Distances are in bytes. The input has its border of zeros with it. */
@unmanaged
class Convolution {
  /** The first input of the first output pixel. */
  input: usize;
  /** From an output pixel's inputs to those of the next one in the row, in the next row, in the next picture. */
  inputPixel: i32;
  inputRow: i32;
  inputPicture: i32;
  /** The kernel: rows, from one to the next; in each, runs of adjacent numbers, from one to the next. */
  rows: i32;
  row: i32;
  runs: i32;
  run: i32;
  length: i32;
  /** By block of eight channels, then row, run and number; zeros fill up the last block. */
  weights: usize;
  /** Of as many channels. */
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
  /** Is added; 0 where nothing is. */
  residual: usize;
  residualPixel: i32;
  residualRow: i32;
  residualPicture: i32;
  /** It may have fewer than the output: the others are zeros. */
  residualChannels: i32;
  low: f32;
  high: f32;
}

export function convolution(at: usize): void {
  const c = changetype<Convolution>(at);
  const total = c.pictures * c.height * c.width;
  const blockBytes = c.rows * c.runs * c.length * BLOCK * 4;
  for (let from = 0; from < total; from += CHUNK) {
    const end = pixels + listPixels(c, from, total) * offsetof<Pixel>();
    let weights = c.weights;
    for (let channel = 0; channel < c.channels; channel += BLOCK) {
      for (let tile = pixels; tile < end; tile += TILE * offsetof<Pixel>()) multiply(c, tile, channel, weights);
      weights += blockBytes;
    }
  }
}

/** Lists the pixels of a chunk. The last tile is filled up with the last pixel, which is then computed anew. */
function listPixels(c: Convolution, from: i32, total: i32): i32 {
  const count = min(CHUNK, total - from);
  const listed = (count + TILE - 1) / TILE * TILE;
  let x = from % c.width;
  let y = from / c.width % c.height;
  let picture = from / c.width / c.height;
  let pixel = pixels;
  let input: usize = 0, output: usize = 0, residual: usize = 0;
  let inRow = false;
  for (let i = 0; i < listed; i++, pixel += offsetof<Pixel>()) {
    if (i < count) {
      if (inRow) {
        input += c.inputPixel;
        output += c.outputPixel;
        residual += c.residualPixel;
      } else {
        input = c.input + picture * c.inputPicture + y * c.inputRow + x * c.inputPixel;
        output = c.output + picture * c.outputPicture + y * c.outputRow + x * c.outputPixel;
        residual = c.residual + picture * c.residualPicture + y * c.residualRow + x * c.residualPixel;
      }
      inRow = ++x < c.width;
      if (!inRow) {
        x = 0;
        if (++y == c.height) {
          y = 0;
          picture++;
        }
      }
    }
    changetype<Pixel>(pixel).input = input;
    changetype<Pixel>(pixel).output = output;
    changetype<Pixel>(pixel).residual = residual;
  }
  return listed;
}

// @ts-ignore: decorator
@inline
function pixelOf(tile: usize, index: usize): Pixel {
  return changetype<Pixel>(tile + index * offsetof<Pixel>());
}

/** The sums of four pixels, their first four channels (a) and their last (b). */
function multiply(c: Convolution, tile: usize, channel: i32, weights: usize): void {
  let i0 = pixelOf(tile, 0).input;
  let i1 = pixelOf(tile, 1).input;
  let i2 = pixelOf(tile, 2).input;
  let i3 = pixelOf(tile, 3).input;
  let a0 = v128.load(c.bias + channel * 4);
  let b0 = v128.load(c.bias + channel * 4, 16);
  let a1 = a0, a2 = a0, a3 = a0;
  let b1 = b0, b2 = b0, b3 = b0;
  const runs = c.runs;
  const length = c.length;
  // From the end of a run to the next one's beginning, and from there, after the last, to the next row.
  const nextRun = c.run - length * 4;
  const nextRow = c.row - runs * c.run;
  for (let row = c.rows; row > 0; row--) {
    for (let run = runs; run > 0; run--) {
      for (let left = length; left > 0; left--) {
        const a = v128.load(weights);
        const b = v128.load(weights, 16);
        const v0 = v128.load32_splat(i0);
        a0 = madd(v0, a, a0);
        b0 = madd(v0, b, b0);
        const v1 = v128.load32_splat(i1);
        a1 = madd(v1, a, a1);
        b1 = madd(v1, b, b1);
        const v2 = v128.load32_splat(i2);
        a2 = madd(v2, a, a2);
        b2 = madd(v2, b, b2);
        const v3 = v128.load32_splat(i3);
        a3 = madd(v3, a, a3);
        b3 = madd(v3, b, b3);
        i0 += 4;
        i1 += 4;
        i2 += 4;
        i3 += 4;
        weights += BLOCK * 4;
      }
      i0 += nextRun;
      i1 += nextRun;
      i2 += nextRun;
      i3 += nextRun;
    }
    i0 += nextRow;
    i1 += nextRow;
    i2 += nextRow;
    i3 += nextRow;
  }
  if (channel + BLOCK <= c.channels && (!c.residual || channel + BLOCK <= c.residualChannels)) {
    const low = f32x4.splat(c.low);
    const high = f32x4.splat(c.high);
    finish(c, pixelOf(tile, 0), channel, a0, b0, low, high);
    finish(c, pixelOf(tile, 1), channel, a1, b1, low, high);
    finish(c, pixelOf(tile, 2), channel, a2, b2, low, high);
    finish(c, pixelOf(tile, 3), channel, a3, b3, low, high);
  } else {
    finishFew(c, pixelOf(tile, 0), channel, a0, b0);
    finishFew(c, pixelOf(tile, 1), channel, a1, b1);
    finishFew(c, pixelOf(tile, 2), channel, a2, b2);
    finishFew(c, pixelOf(tile, 3), channel, a3, b3);
  }
}

/** Adds what is to be added, cuts off what lies beyond the bounds, and stores. */
// @ts-ignore: decorator
@inline
function finish(c: Convolution, pixel: Pixel, channel: i32, a: v128, b: v128, low: v128, high: v128): void {
  if (c.residual) {
    const residual = pixel.residual + channel * 4;
    a = f32x4.add(a, v128.load(residual));
    b = f32x4.add(b, v128.load(residual, 16));
  }
  const output = pixel.output + channel * 4;
  v128.store(output, clamp(a, low, high));
  v128.store(output, clamp(b, low, high), 16);
}

/** Likewise, where there are not eight channels of each. */
function finishFew(c: Convolution, pixel: Pixel, channel: i32, a: v128, b: v128): void {
  if (c.residual) {
    const residual = pixel.residual + channel * 4;
    const count = c.residualChannels - channel;
    if (count > 0) a = f32x4.add(a, loadPart(residual, count));
    if (count > 4) b = f32x4.add(b, loadPart(residual + 16, count - 4));
  }
  const low = f32x4.splat(c.low);
  const high = f32x4.splat(c.high);
  const output = pixel.output + channel * 4;
  const count = c.channels - channel;
  storePart(output, clamp(a, low, high), count);
  if (count > 4) storePart(output + 16, clamp(b, low, high), count - 4);
}
