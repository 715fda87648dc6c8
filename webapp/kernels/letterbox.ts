/**
 * A picture shrunk by whole numbers into a square with black bars, as the face detector wants it: the levels of
 * src/face/whole_shrink.ts and what src/face/standardise.ts makes of them, in one pass.
 */

/** What a table holds: a number for each of 256 levels. */
const TABLE_BYTES: usize = 256 * 4;

/** Sums of at most 257 levels are whole; what lies less than a rounding error of float32 below a half is one. */
const ROUNDING: f32 = 0.5005;

/**
 * @param picture RGBA, a byte each, `width` to a line.
 * @param across Its pixels to one of the square's in a line; `down` likewise. Their product is at most 257.
 * @param output size x size x RGB, float32.
 * @param tables For each channel what every level becomes.
 */
export function letterbox(
  picture: usize, width: i32, across: i32, down: i32,
  output: usize, size: i32, left: i32, top: i32, innerWidth: i32, innerHeight: i32,
  tables: usize,
): void {
  const line = width * 4;
  for (let y = 0; y < size; y++) {
    if (y < top || y >= top + innerHeight) {
      output = bar(output, size, tables);
      continue;
    }
    output = bar(output, left, tables);
    for (let x = 0; x < innerWidth; x++) {
      const mean = meanOf(picture + (y - top) * down * line + x * across * 4, line, across, down);
      store<f32>(output, become(tables, i32x4.extract_lane(mean, 0)));
      store<f32>(output, become(tables + TABLE_BYTES, i32x4.extract_lane(mean, 1)), 4);
      store<f32>(output, become(tables + 2 * TABLE_BYTES, i32x4.extract_lane(mean, 2)), 8);
      output += 12;
    }
    output = bar(output, size - left - innerWidth, tables);
  }
}

/** The levels of a block of pixels, rounded half up. */
function meanOf(block: usize, line: i32, across: i32, down: i32): v128 {
  // Two pixels side by side, their channels in 16 bits each.
  let sums = i16x8.splat(0);
  for (let j = 0; j < down; j++) {
    let at = block;
    for (let pairs = across >> 1; pairs > 0; pairs--) {
      sums = i16x8.add(sums, i16x8.extend_low_i8x16_u(v128.load64_zero(at)));
      at += 8;
    }
    if (across & 1) sums = i16x8.add(sums, i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
    block += line;
  }
  const sum = i32x4.add(i32x4.extend_low_i16x8_u(sums), i32x4.extend_high_i16x8_u(sums));
  const share = f32x4.splat(1 / <f32>(across * down));
  return i32x4.trunc_sat_f32x4_u(f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), share), f32x4.splat(ROUNDING)));
}

// @ts-ignore: decorator
@inline
function become(table: usize, level: i32): f32 {
  return load<f32>(table + level * 4);
}

/** Black pixels. Returns where they end. */
function bar(output: usize, pixels: i32, tables: usize): usize {
  for (let i = 0; i < pixels; i++) {
    store<f32>(output, become(tables, 0));
    store<f32>(output, become(tables + TABLE_BYTES, 0), 4);
    store<f32>(output, become(tables + 2 * TABLE_BYTES, 0), 8);
    output += 12;
  }
  return output;
}
