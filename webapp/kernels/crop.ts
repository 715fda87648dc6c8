/**
 * A face cut out of a picture: `sampleCrop` of src/face/crop.ts in whole numbers, two pixels with all their channels at a time.
 * Positions have 16 bits behind the point and weights 14, so that a sample is right to a few hundredths of a level.
 */
import { MAX_SAMPLES } from './codes';

const POSITION_BITS = 16;
const WEIGHT_BITS = 14;
const ONE = 1 << WEIGHT_BITS;

/** What lies less than a sample's error below a half is taken for one, as where a picture is flat or a mean of quarters. */
const ROUNDING: f32 = 0.5005;

/** Of the n x n samples of a crop pixel, four at a time, how far they lie from the first: to the right, then down. */
const offsets: usize = memory.data(2 * MAX_SAMPLES * MAX_SAMPLES * 4, 16);
const GROUP = 4;

/** 1.5 * 2^52: added to a number it leaves the nearest whole one in the sum's low bits. */
const WHOLE: f64 = 6755399441055744;
/** The same for numbers of 32 bits, none less than 0: 2^23. */
const WHOLE_32: f32 = 8388608;

/**
 * Each crop pixel is the mean of n x n bilinear samples; pixels beyond an edge of the picture repeat it.
 * @param picture RGBA, a byte each; neither side longer than 32,767 pixels.
 * @param output RGB, a byte each; the byte behind is written, too.
 * @param n At most `MAX_SAMPLES`.
 * @param originX Crop point (u, v) lies at (originX + cos u - sin v, originY + sin u + cos v), in picture pixels.
 * @param scale Picture pixels per crop pixel.
 */
export function crop(
  picture: usize, width: i32, height: i32,
  output: usize, cropWidth: i32, cropHeight: i32,
  n: i32, originX: f64, originY: f64, cos: f64, sin: f64, scale: f64,
): void {
  const first = 0.5 / <f64>n;
  const stepX = cos / <f64>n;
  const stepY = sin / <f64>n;
  listOffsets(n, stepX, stepY);
  // No sample is further than two crop pixels from the first; one more source pixel for its neighbour.
  const reach = 2 * scale + 1;
  const least = f64x2.splat(reach);
  const most = f64x2.replace_lane(f64x2.splat(<f64>width - reach), 1, <f64>height - reach);
  const along = f64x2.replace_lane(f64x2.splat(cos), 1, sin);
  const share = f32x4.splat(1 / <f32>(n * n * ONE));
  for (let j = 0; j < cropHeight; j++) {
    const v = <f64>j + first;
    // In index coordinates, in which pixel centres are whole numbers.
    const start = f64x2.replace_lane(f64x2.splat(originX - sin * v - 0.5), 1, originY + cos * v - 0.5);
    for (let i = 0; i < cropWidth; i++) {
      const at = f64x2.add(start, f64x2.mul(f64x2.splat(<f64>i + first), along));
      const inside = i64x2.all_true(v128.and(f64x2.gt(at, least), f64x2.lt(at, most)));
      const sum = inside
        ? sumInside(picture, width, n, f64x2.add(f64x2.mul(at, f64x2.splat(<f64>(1 << POSITION_BITS))), f64x2.splat(WHOLE)))
        : sumNearEdge(picture, width, height, n, f64x2.extract_lane(at, 0), f64x2.extract_lane(at, 1), stepX, stepY);
      const mean = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), share), f32x4.splat(ROUNDING - 0.5));
      const levels = v128.and(f32x4.add(mean, f32x4.splat(WHOLE_32)), i32x4.splat(0xff));
      const words = i16x8.narrow_i32x4_s(levels, levels);
      v128.store_lane<u32>(output, i8x16.narrow_i16x8_u(words, words), 0);
      output += 3;
    }
  }
}

function listOffsets(n: i32, stepX: f64, stepY: f64): void {
  for (let k = 0; k < n * n; k++) {
    const a = <f64>(k % n);
    const b = <f64>(k / n);
    const to = offsets + (k / GROUP) * GROUP * 8 + (k % GROUP) * 4;
    store<i32>(to, fixed(a * stepX - b * stepY));
    store<i32>(to, fixed(a * stepY + b * stepX), GROUP * 4);
  }
}

// @ts-ignore: decorator
@inline
function fixed(position: f64): i32 {
  return <i32>nearest(position * <f64>(1 << POSITION_BITS));
}

/** The n x n samples of a crop pixel whose first lies there: where the low halves of both numbers of `first` say. */
// @ts-ignore: decorator
@inline
function sumInside(picture: usize, width: i32, n: i32, first: v128): v128 {
  const startX = v128.shuffle<i32>(first, first, 0, 0, 0, 0);
  const startY = v128.shuffle<i32>(first, first, 2, 2, 2, 2);
  const line = width * 4;
  const lines = i32x4.splat(line);
  let sum = i32x4.splat(0);
  let from = offsets;
  for (let left = n * n; left > 0; left -= GROUP) {
    const x = i32x4.add(startX, v128.load(from));
    const y = i32x4.add(startY, v128.load(from, GROUP * 4));
    from += GROUP * 8;
    const right = behindPoint(x);
    const down = behindPoint(y);
    const both = rounded(i32x4.mul(right, down), WEIGHT_BITS);
    const rightAlone = i32x4.sub(right, both);
    const downAlone = i32x4.sub(down, both);
    const upper = v128.or(i32x4.sub(i32x4.sub(i32x4.splat(ONE), right), downAlone), i32x4.shl(rightAlone, 16));
    const lower = v128.or(downAlone, i32x4.shl(both, 16));
    const places = i32x4.add(i32x4.mul(i32x4.shr_s(y, POSITION_BITS), lines), i32x4.shl(i32x4.shr_s(x, POSITION_BITS), 2));
    sum = i32x4.add(sum, sample(picture + i32x4.extract_lane(places, 0), line, v128.shuffle<i32>(upper, upper, 0, 0, 0, 0), v128.shuffle<i32>(lower, lower, 0, 0, 0, 0)));
    // The number of samples is one more than a multiple of four where n is odd.
    if (left == 1) break;
    sum = i32x4.add(sum, sample(picture + i32x4.extract_lane(places, 1), line, v128.shuffle<i32>(upper, upper, 1, 1, 1, 1), v128.shuffle<i32>(lower, lower, 1, 1, 1, 1)));
    sum = i32x4.add(sum, sample(picture + i32x4.extract_lane(places, 2), line, v128.shuffle<i32>(upper, upper, 2, 2, 2, 2), v128.shuffle<i32>(lower, lower, 2, 2, 2, 2)));
    sum = i32x4.add(sum, sample(picture + i32x4.extract_lane(places, 3), line, v128.shuffle<i32>(upper, upper, 3, 3, 3, 3), v128.shuffle<i32>(lower, lower, 3, 3, 3, 3)));
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function sample(above: usize, line: i32, upper: v128, lower: v128): v128 {
  return weighted(v128.load64_zero(above), v128.load64_zero(above + line), upper, lower);
}

/** How far positions lie beyond whole ones, in parts of `ONE`. */
// @ts-ignore: decorator
@inline
function behindPoint(positions: v128): v128 {
  return rounded(v128.and(positions, i32x4.splat((1 << POSITION_BITS) - 1)), POSITION_BITS - WEIGHT_BITS);
}

/** Without so many of the last bits. */
// @ts-ignore: decorator
@inline
function rounded(values: v128, bits: i32): v128 {
  return i32x4.shr_s(i32x4.add(values, i32x4.splat(1 << (bits - 1))), bits);
}

/** Four pixels around a point, two of a line side by side; the weights of each pair lie in 32 bits, the left one's in the low ones. */
// @ts-ignore: decorator
@inline
function weighted(above: v128, below: v128, upper: v128, lower: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(channelsInPairs(above), upper), i32x4.dot_i16x8_s(channelsInPairs(below), lower));
}

/** Two pixels to eight numbers: of each channel that of the first, then that of the second. */
// @ts-ignore: decorator
@inline
function channelsInPairs(pixels: v128): v128 {
  return i8x16.swizzle(pixels, i8x16(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1));
}

function sumNearEdge(picture: usize, width: i32, height: i32, n: i32, startX: f64, startY: f64, stepX: f64, stepY: f64): v128 {
  let sum = i32x4.splat(0);
  for (let b = 0; b < n; b++) {
    for (let a = 0; a < n; a++) {
      const x = startX + <f64>a * stepX - <f64>b * stepY;
      const y = startY + <f64>a * stepY + <f64>b * stepX;
      const left = floor(x);
      const top = floor(y);
      const upper = picture + bounded(top, height) * width * 4;
      const lower = picture + bounded(top + 1, height) * width * 4;
      const x0 = bounded(left, width) * 4;
      const x1 = bounded(left + 1, width) * 4;
      const right = <i32>nearest((x - left) * ONE);
      const down = <i32>nearest((y - top) * ONE);
      const both = (right * down + (1 << (WEIGHT_BITS - 1))) >> WEIGHT_BITS;
      const weights = i32x4.splat((ONE - right - down + both) | (right - both) << 16);
      sum = i32x4.add(sum, weighted(pair(upper + x0, upper + x1), pair(lower + x0, lower + x1), weights, i32x4.splat((down - both) | both << 16)));
    }
  }
  return sum;
}

/** Bounded while it is no whole number of 32 bits yet, for it may lie anywhere. */
// @ts-ignore: decorator
@inline
function bounded(place: f64, size: i32): i32 {
  return <i32>min(max(place, 0), <f64>(size - 1));
}

// @ts-ignore: decorator
@inline
function pair(first: usize, second: usize): v128 {
  return v128.load_lane<u32>(second, v128.load32_zero(first), 1);
}
