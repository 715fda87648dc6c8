/**
 * Convolution of 3 x 3 at a stride of one by F(2 x 2, 3 x 3) of A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural
 * Networks", CVPR 2016: four output pixels, a tile, come of 16 products for each pair of channels instead of 36. Patches of
 * 4 x 4 inputs are transformed (B), multiplied with weights that were transformed before (G), and the sums transformed back (A).
 */
import { PADDING, TILES } from './codes';
import { clamp, loadPart, madd } from './simd';

const PLANES = 16;

/** Output pixels along a tile's side. */
const SIDE = 2;

/** Tiles and channels whose sums stay in registers, as in convolution.ts. */
const GROUP = 4;
export const BLOCK = 8;
export const BLOCK_BYTES = BLOCK * 4;

/** Where a tile's patch lies, where its first output goes, and where what is added to that lies. */
@unmanaged
export class Tile {
  input: usize;
  output: usize;
  residual: usize;
}

const tiles: usize = memory.data(TILES * 12);

/** The sums of eight channels: by plane and tile. */
const sums: usize = memory.data(PLANES * TILES * 32, 16);
const SUMS_PLANE = TILES * BLOCK_BYTES;

/** Distances are in bytes. The input has its border of zeros with it. */
@unmanaged
export class Winograd {
  /** The first input of the first output pixel. */
  input: usize;
  inputPixel: i32;
  inputRow: i32;
  inputPicture: i32;
  /** Channels of the input, a whole number of four. */
  depth: i32;
  /** As `winogradWeights` writes them. */
  weights: usize;
  /** Of as many channels as the output has. */
  bias: usize;
  /** Room for the transformed patches: PLANES times TILES x depth numbers and the padding. */
  patches: usize;
  output: usize;
  outputPixel: i32;
  outputRow: i32;
  outputPicture: i32;
  /** Of the output: sides of at least two, a whole number of eight channels. */
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

export function winograd(at: usize): void {
  convolveByTiles(changetype<Winograd>(at), SIDE, PLANES, TILES, tiles, sums, transformPatch, finish);
}

/**
 * What both tile sizes have in common: patches are transformed, some tiles at a time, multiplied and transformed back.
 * @param side Output pixels along a tile's side.
 * @param room Tiles at a time.
 * @param list Room for so many tiles.
 * @param sums Room for their sums of eight channels in every plane.
 * @param transform Spreads a patch over the planes.
 * @param finish Gathers what belongs to a tile and four channels, and stores it.
 */
export function convolveByTiles(
  c: Winograd, side: i32, planes: i32, room: i32, list: usize, sums: usize,
  transform: (c: Winograd, input: usize, to: usize) => void,
  finish: (c: Winograd, tile: Tile, at: usize, channel: i32) => void,
): void {
  const total = c.pictures * tilesAlong(c.height, side) * tilesAlong(c.width, side);
  const tileBytes = c.depth * 4;
  for (let from = 0; from < total; from += room) {
    const count = min(room, total - from);
    listTiles(c, list, from, count, side);
    for (let i = 0; i < count; i++) transform(c, changetype<Tile>(list + i * offsetof<Tile>()).input, c.patches + i * tileBytes);
    let weights = c.weights;
    for (let channel = 0; channel < c.channels; channel += BLOCK) {
      multiplyPlanes(c, weights, planes, room, count, sums);
      weights += planes * c.depth * BLOCK_BYTES;
      for (let i = 0; i < count; i++) {
        const tile = changetype<Tile>(list + i * offsetof<Tile>());
        finish(c, tile, sums + i * BLOCK_BYTES, channel);
        finish(c, tile, sums + i * BLOCK_BYTES + 16, channel + 4);
      }
    }
  }
}

/** From a plane of transformed patches to the next one. */
// @ts-ignore: decorator
@inline
export function planeOf(c: Winograd, room: i32): i32 {
  return (room * c.depth + PADDING) * 4;
}

// @ts-ignore: decorator
@inline
function tilesAlong(length: i32, side: i32): i32 {
  return (length + side - 1) / side;
}

/** Where a picture's side is no whole number of tiles the last one lies partly upon the one before, and computes what that had computed anew. */
function listTiles(c: Winograd, list: usize, from: i32, count: i32, side: i32): void {
  const across = tilesAlong(c.width, side);
  const down = tilesAlong(c.height, side);
  for (let i = 0; i < count; i++) {
    const at = from + i;
    const x = min(at % across * side, c.width - side);
    const y = min(at / across % down * side, c.height - side);
    const picture = at / across / down;
    const tile = changetype<Tile>(list + i * offsetof<Tile>());
    tile.input = c.input + picture * c.inputPicture + y * c.inputRow + x * c.inputPixel;
    tile.output = c.output + picture * c.outputPicture + y * c.outputRow + x * c.outputPixel;
    tile.residual = c.residual + picture * c.residualPicture + y * c.residualRow + x * c.residualPixel;
  }
}

/** B' d B of a patch, four channels at a time; each of the 16 results goes to a plane of its own. */
function transformPatch(c: Winograd, input: usize, to: usize): void {
  const pixel = c.inputPixel;
  const row = c.inputRow;
  const plane = planeOf(c, TILES);
  for (let left = c.depth; left > 0; left -= 4) {
    transformRow(input, input + 2 * row, false, pixel, plane, to);
    transformRow(input + row, input + 2 * row, true, pixel, plane, to + 4 * plane);
    transformRow(input + 2 * row, input + row, false, pixel, plane, to + 8 * plane);
    transformRow(input + row, input + 3 * row, false, pixel, plane, to + 12 * plane);
    input += 16;
    to += 16;
  }
}

/** The sum or the difference of two rows of a patch, and of that what becomes of its four pixels. */
// @ts-ignore: decorator
@inline
function transformRow(first: usize, second: usize, add: bool, pixel: i32, plane: i32, to: usize): void {
  const d0 = combined(v128.load(first), v128.load(second), add);
  const d1 = combined(v128.load(first + pixel), v128.load(second + pixel), add);
  const d2 = combined(v128.load(first + 2 * pixel), v128.load(second + 2 * pixel), add);
  const d3 = combined(v128.load(first + 3 * pixel), v128.load(second + 3 * pixel), add);
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + plane, f32x4.add(d1, d2));
  v128.store(to + 2 * plane, f32x4.sub(d2, d1));
  v128.store(to + 3 * plane, f32x4.sub(d1, d3));
}

// @ts-ignore: decorator
@inline
function combined(a: v128, b: v128, add: bool): v128 {
  return add ? f32x4.add(a, b) : f32x4.sub(a, b);
}

/**
 * In all planes, the sums of a chunk's tiles and eight channels.
 * @param room Tiles for which patches and sums have room.
 * @param count Tiles that there are.
 */
function multiplyPlanes(c: Winograd, weights: usize, planes: i32, room: i32, count: i32, sums: usize): void {
  const tileBytes = c.depth * 4;
  // The last group is filled up with whatever was there: its sums are not read.
  const groups = (count + GROUP - 1) / GROUP;
  for (let plane = 0; plane < planes; plane++) {
    const patches = c.patches + plane * planeOf(c, room);
    const to = sums + plane * room * BLOCK_BYTES;
    for (let group = 0; group < groups; group++) {
      multiply(patches + group * GROUP * tileBytes, tileBytes, weights, c.depth, to + group * GROUP * BLOCK_BYTES);
    }
    weights += c.depth * BLOCK_BYTES;
  }
}

/** In one plane, the sums of four tiles and eight channels. */
function multiply(patches: usize, tileBytes: i32, weights: usize, depth: i32, to: usize): void {
  let i0 = patches;
  let i1 = i0 + tileBytes;
  let i2 = i1 + tileBytes;
  let i3 = i2 + tileBytes;
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let a1 = a0, a2 = a0, a3 = a0;
  let b1 = a0, b2 = a0, b3 = a0;
  for (let left = depth; left > 0; left--) {
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
    weights += BLOCK_BYTES;
  }
  v128.store(to, a0);
  v128.store(to, b0, 16);
  v128.store(to, a1, 32);
  v128.store(to, b1, 48);
  v128.store(to, a2, 64);
  v128.store(to, b2, 80);
  v128.store(to, a3, 96);
  v128.store(to, b3, 112);
}

/** A' m A of a tile's sums, for four channels; adds what is to be added, cuts off what lies beyond the bounds, and stores. */
function finish(c: Winograd, tile: Tile, at: usize, channel: i32): void {
  finishRow(c, tile, 0, channel, column(at, 0), column(at, 1), column(at, 2), column(at, 3));
  finishRow(c, tile, 1, channel, lowerColumn(at, 0), lowerColumn(at, 1), lowerColumn(at, 2), lowerColumn(at, 3));
}

// @ts-ignore: decorator
@inline
function sumOf(at: usize, row: i32, column: i32): v128 {
  return v128.load(at + (row * 4 + column) * SUMS_PLANE);
}

/** Of a column of sums what goes into the upper pixels. */
// @ts-ignore: decorator
@inline
function column(at: usize, index: i32): v128 {
  return f32x4.add(f32x4.add(sumOf(at, 0, index), sumOf(at, 1, index)), sumOf(at, 2, index));
}

/** And what goes into the lower ones. */
// @ts-ignore: decorator
@inline
function lowerColumn(at: usize, index: i32): v128 {
  return f32x4.sub(f32x4.sub(sumOf(at, 1, index), sumOf(at, 2, index)), sumOf(at, 3, index));
}

/** Of four columns the two pixels of the tile's upper row, or of its lower one. */
// @ts-ignore: decorator
@inline
function finishRow(c: Winograd, tile: Tile, row: i32, channel: i32, first: v128, second: v128, third: v128, fourth: v128): void {
  const bias = v128.load(c.bias + channel * 4);
  let left = f32x4.add(f32x4.add(first, f32x4.add(second, third)), bias);
  let right = f32x4.add(f32x4.sub(f32x4.sub(second, third), fourth), bias);
  if (c.residual && channel < c.residualChannels) {
    const residual = tile.residual + row * c.residualRow + channel * 4;
    left = f32x4.add(left, loadPart(residual, c.residualChannels - channel));
    right = f32x4.add(right, loadPart(residual + c.residualPixel, c.residualChannels - channel));
  }
  const low = f32x4.splat(c.low);
  const high = f32x4.splat(c.high);
  const output = tile.output + row * c.outputRow + channel * 4;
  v128.store(output, clamp(left, low, high));
  v128.store(output + c.outputPixel, clamp(right, low, high));
}

/**
 * G g G' of a kernel of 3 x 3 x depth x channels, by block of eight channels, plane and depth.
 * @param channels A whole number of eight.
 */
export function winogradWeights(input: usize, output: usize, depth: i32, channels: i32): void {
  const row = channels * 4;
  const tap = depth * row;
  const plane = depth * BLOCK_BYTES;
  for (let channel = 0; channel < channels; channel += 4) {
    let to = output + (channel / BLOCK) * PLANES * plane + (channel % BLOCK) * 4;
    for (let d = 0; d < depth; d++) {
      const at = input + d * row + channel * 4;
      spread(at, at + 3 * tap, at + 6 * tap, tap, plane, to);
      to += BLOCK_BYTES;
    }
  }
}

// @ts-ignore: decorator
@inline
function spread(first: usize, second: usize, third: usize, tap: i32, plane: i32, to: usize): void {
  const a0 = v128.load(first), b0 = v128.load(second), c0 = v128.load(third);
  const a1 = v128.load(first + tap), b1 = v128.load(second + tap), c1 = v128.load(third + tap);
  const a2 = v128.load(first + 2 * tap), b2 = v128.load(second + 2 * tap), c2 = v128.load(third + 2 * tap);
  spreadRow(a0, a1, a2, plane, to);
  spreadRow(outer(a0, b0, c0), outer(a1, b1, c1), outer(a2, b2, c2), plane, to + 4 * plane);
  spreadRow(inner(a0, b0, c0), inner(a1, b1, c1), inner(a2, b2, c2), plane, to + 8 * plane);
  spreadRow(c0, c1, c2, plane, to + 12 * plane);
}

// @ts-ignore: decorator
@inline
function spreadRow(a: v128, b: v128, c: v128, plane: i32, to: usize): void {
  v128.store(to, a);
  v128.store(to + plane, outer(a, b, c));
  v128.store(to + 2 * plane, inner(a, b, c));
  v128.store(to + 3 * plane, c);
}

// @ts-ignore: decorator
@inline
function outer(a: v128, b: v128, c: v128): v128 {
  return f32x4.mul(f32x4.add(f32x4.add(a, b), c), f32x4.splat(0.5));
}

// @ts-ignore: decorator
@inline
function inner(a: v128, b: v128, c: v128): v128 {
  return f32x4.mul(f32x4.add(f32x4.sub(a, b), c), f32x4.splat(0.5));
}
