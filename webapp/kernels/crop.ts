/**
 * A face cut out of a picture: `sampleCrop` of src/face/crop.ts in whole numbers, two pixels with all their channels at a time.
 * Positions have 16 bits behind the point and weights 14, so that a sample is right to a few hundredths of a level.
 */

const POSITION_BITS = 16;
const WEIGHT_BITS = 14;
const ONE = 1 << WEIGHT_BITS;

/** What lies less than a sample's error below a half is taken for one, as where a picture is flat or a mean of quarters. */
const ROUNDING: f32 = 0.5005;

/**
 * Each crop pixel is the mean of n x n bilinear samples; pixels beyond an edge of the picture repeat it.
 * @param picture RGBA, a byte each; neither side longer than 32,767 pixels.
 * @param output RGB, a byte each.
 * @param n At most 22: the sum of more would not fit.
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
  // No sample is further than two crop pixels from the first; one more source pixel for its neighbour.
  const reach = 2 * scale + 1;
  const right = <f64>width - reach;
  const bottom = <f64>height - reach;
  const share = f32x4.splat(1 / <f32>(n * n * ONE));
  for (let j = 0; j < cropHeight; j++) {
    for (let i = 0; i < cropWidth; i++) {
      const u = <f64>i + first;
      const v = <f64>j + first;
      // In index coordinates, in which pixel centres are whole numbers.
      const x = originX + cos * u - sin * v - 0.5;
      const y = originY + sin * u + cos * v - 0.5;
      const inside = x > reach && y > reach && x < right && y < bottom;
      const sum = inside ? sumInside(picture, width, n, fixed(x), fixed(y), fixed(stepX), fixed(stepY)) : sumNearEdge(picture, width, height, n, x, y, stepX, stepY);
      const levels = i32x4.trunc_sat_f32x4_u(f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), share), f32x4.splat(ROUNDING)));
      store<u8>(output, i32x4.extract_lane(levels, 0));
      store<u8>(output, i32x4.extract_lane(levels, 1), 1);
      store<u8>(output, i32x4.extract_lane(levels, 2), 2);
      output += 3;
    }
  }
}

// @ts-ignore: decorator
@inline
function fixed(position: f64): i32 {
  return <i32>nearest(position * <f64>(1 << POSITION_BITS));
}

function sumInside(picture: usize, width: i32, n: i32, startX: i32, startY: i32, stepX: i32, stepY: i32): v128 {
  let sum = i32x4.splat(0);
  for (let b = 0; b < n; b++) {
    let x = startX - b * stepY;
    let y = startY + b * stepX;
    for (let a = 0; a < n; a++) {
      const above = picture + ((y >> POSITION_BITS) * width + (x >> POSITION_BITS)) * 4;
      sum = i32x4.add(sum, sample(v128.load64_zero(above), v128.load64_zero(above + width * 4), behindPoint(x), behindPoint(y)));
      x += stepX;
      y += stepY;
    }
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function behindPoint(position: i32): i32 {
  return rounded(position & ((1 << POSITION_BITS) - 1), POSITION_BITS - WEIGHT_BITS);
}

/** Without so many of the last bits. */
// @ts-ignore: decorator
@inline
function rounded(value: i32, bits: i32): i32 {
  return (value + (1 << (bits - 1))) >> bits;
}

/** Four pixels around a point, two of a line side by side, weighted by how far it lies from the first. */
// @ts-ignore: decorator
@inline
function sample(upper: v128, lower: v128, x: i32, y: i32): v128 {
  const both = rounded(x * y, WEIGHT_BITS);
  return i32x4.add(
    i32x4.dot_i16x8_s(channelsInPairs(upper), i32x4.splat((ONE - x - y + both) | (x - both) << 16)),
    i32x4.dot_i16x8_s(channelsInPairs(lower), i32x4.splat((y - both) | both << 16)),
  );
}

/** Two pixels to eight numbers: of each channel that of the first, then that of the second. */
// @ts-ignore: decorator
@inline
function channelsInPairs(pixels: v128): v128 {
  return i8x16.shuffle(pixels, i8x16.splat(0), 0, 16, 4, 16, 1, 16, 5, 16, 2, 16, 6, 16, 3, 16, 7, 16);
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
      sum = i32x4.add(
        sum,
        sample(pair(upper + x0, upper + x1), pair(lower + x0, lower + x1), <i32>nearest((x - left) * ONE), <i32>nearest((y - top) * ONE)),
      );
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
