/**
 * The same as winograd.ts by F(4 x 4, 3 x 3): sixteen output pixels, a tile, come of 36 products for each pair of channels
 * instead of 144. The transforms weigh more, and the weights take four times the room of the kernel itself.
 */
import { LARGE_TILES } from './codes';
import { clamp, loadPart } from './simd';
import { BLOCK, BLOCK_BYTES, convolveByTiles, planeOf, Tile, Winograd } from './winograd';

const SIDE = 4;
/** Of a patch, and of what it is transformed to. */
const PATCH = SIDE + 2;
const PLANES = PATCH * PATCH;
const VECTOR = 16;

const tiles: usize = memory.data(LARGE_TILES * 12);

/** The sums of eight channels: by plane and tile. */
const sums: usize = memory.data(PLANES * LARGE_TILES * 32, 16);
const SUMS_PLANE = LARGE_TILES * BLOCK_BYTES;

/** What is transformed along its columns, and not yet along its rows. */
const half: usize = memory.data(PLANES * VECTOR, 16);

export function winogradLarge(at: usize): void {
  convolveByTiles(changetype<Winograd>(at), SIDE, PLANES, LARGE_TILES, tiles, sums, transformPatch, finish);
}

/** B' d B of a patch, four channels at a time; each of the 36 results goes to a plane of its own. */
function transformPatch(c: Winograd, input: usize, to: usize): void {
  const plane = planeOf(c, LARGE_TILES);
  for (let left = c.depth; left > 0; left -= 4) {
    for (let x = 0; x < PATCH; x++) spreadPatch(input + x * c.inputPixel, c.inputRow, half + x * VECTOR, PATCH * VECTOR);
    for (let y = 0; y < PATCH; y++) spreadPatch(half + y * PATCH * VECTOR, VECTOR, to + y * PATCH * plane, plane);
    input += VECTOR;
    to += VECTOR;
  }
}

/** B' of six vectors. */
// @ts-ignore: decorator
@inline
function spreadPatch(from: usize, step: i32, to: usize, plane: i32): void {
  const d0 = v128.load(from), d1 = v128.load(from + step), d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step), d4 = v128.load(from + 4 * step), d5 = v128.load(from + 5 * step);
  const even = f32x4.sub(d4, times(d2, 4));
  const odd = f32x4.sub(d3, times(d1, 4));
  const evenInner = f32x4.sub(d4, d2);
  const oddInner = times(f32x4.sub(d3, d1), 2);
  v128.store(to, f32x4.add(f32x4.sub(times(d0, 4), times(d2, 5)), d4));
  v128.store(to + plane, f32x4.add(even, odd));
  v128.store(to + 2 * plane, f32x4.sub(even, odd));
  v128.store(to + 3 * plane, f32x4.add(evenInner, oddInner));
  v128.store(to + 4 * plane, f32x4.sub(evenInner, oddInner));
  v128.store(to + 5 * plane, f32x4.add(f32x4.sub(times(d1, 4), times(d3, 5)), d5));
}

// @ts-ignore: decorator
@inline
function times(value: v128, factor: f32): v128 {
  return f32x4.mul(value, f32x4.splat(factor));
}

/** A' m A of a tile's sums, for four channels; adds what is to be added, cuts off what lies beyond the bounds, and stores. */
function finish(c: Winograd, tile: Tile, at: usize, channel: i32): void {
  for (let x = 0; x < PATCH; x++) gather(at + x * SUMS_PLANE, PATCH * SUMS_PLANE, half + x * VECTOR, PATCH * VECTOR);
  const bias = v128.load(c.bias + channel * 4);
  const low = f32x4.splat(c.low);
  const high = f32x4.splat(c.high);
  const added = c.residual && channel < c.residualChannels;
  for (let y = 0; y < SIDE; y++) {
    const row = half + y * PATCH * VECTOR;
    gather(row, VECTOR, row, VECTOR);
    let output = tile.output + y * c.outputRow + channel * 4;
    let residual = tile.residual + y * c.residualRow + channel * 4;
    for (let x = 0; x < SIDE; x++) {
      let value = f32x4.add(v128.load(row + x * VECTOR), bias);
      if (added) value = f32x4.add(value, loadPart(residual, c.residualChannels - channel));
      v128.store(output, clamp(value, low, high));
      output += c.outputPixel;
      residual += c.residualPixel;
    }
  }
}

/** A' of six vectors: four. */
// @ts-ignore: decorator
@inline
function gather(from: usize, step: i32, to: usize, row: i32): void {
  const m0 = v128.load(from), m1 = v128.load(from + step), m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step), m4 = v128.load(from + 4 * step), m5 = v128.load(from + 5 * step);
  const even = f32x4.add(m1, m2), odd = f32x4.sub(m1, m2);
  const evenOuter = f32x4.add(m3, m4), oddOuter = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(m0, even), evenOuter));
  v128.store(to + row, f32x4.add(odd, times(oddOuter, 2)));
  v128.store(to + 2 * row, f32x4.add(even, times(evenOuter, 4)));
  v128.store(to + 3 * row, f32x4.add(f32x4.add(odd, times(oddOuter, 8)), m5));
}

/**
 * G g G' of a kernel of 3 x 3 x depth x channels, by block of eight channels, plane and depth.
 * @param channels A whole number of eight.
 */
export function winogradLargeWeights(input: usize, output: usize, depth: i32, channels: i32): void {
  const row = channels * 4;
  const tap = depth * row;
  const plane = depth * BLOCK_BYTES;
  for (let channel = 0; channel < channels; channel += 4) {
    let to = output + (channel / BLOCK) * PLANES * plane + (channel % BLOCK) * 4;
    for (let d = 0; d < depth; d++) {
      const at = input + d * row + channel * 4;
      for (let x = 0; x < 3; x++) spreadKernel(at + x * tap, 3 * tap, half + x * VECTOR, PATCH * VECTOR);
      for (let y = 0; y < PATCH; y++) spreadKernel(half + y * PATCH * VECTOR, VECTOR, to + y * PATCH * plane, plane);
      to += BLOCK_BYTES;
    }
  }
}

/** G of three vectors: six. */
// @ts-ignore: decorator
@inline
function spreadKernel(from: usize, step: i32, to: usize, plane: i32): void {
  const g0 = v128.load(from), g1 = v128.load(from + step), g2 = v128.load(from + 2 * step);
  const outer = times(f32x4.add(g0, g2), -1.0 / 6);
  const inner = f32x4.add(times(g0, 1.0 / 24), times(g2, 1.0 / 6));
  v128.store(to, times(g0, 0.25));
  v128.store(to + plane, f32x4.sub(outer, times(g1, 1.0 / 6)));
  v128.store(to + 2 * plane, f32x4.add(outer, times(g1, 1.0 / 6)));
  v128.store(to + 3 * plane, f32x4.add(inner, times(g1, 1.0 / 12)));
  v128.store(to + 4 * plane, f32x4.sub(inner, times(g1, 1.0 / 12)));
  v128.store(to + 5 * plane, g2);
}
