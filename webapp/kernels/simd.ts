/** What the kernels share. */

/** a * b + c: in one step where relaxed SIMD is to be had, else rounded twice. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** Between the bounds; what is no number stays none. */
// @ts-ignore: decorator
@inline
export function clamp(value: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(value, low), high);
}

/** The first `count` of four numbers, and zeros. Nothing behind them is read. */
// @ts-ignore: decorator
@inline
export function loadPart(from: usize, count: i32): v128 {
  return count >= 4 ? v128.load(from) : loadFew(from, count);
}

/** Stores the first `count` of four numbers, and nothing behind them. */
// @ts-ignore: decorator
@inline
export function storePart(to: usize, value: v128, count: i32): void {
  if (count >= 4) v128.store(to, value);
  else storeFew(to, value, count);
}

function loadFew(from: usize, count: i32): v128 {
  if (count == 1) return v128.load32_zero(from);
  const two = v128.load64_zero(from);
  return count == 2 ? two : v128.load_lane<u32>(from, two, 2, 8);
}

function storeFew(to: usize, value: v128, count: i32): void {
  if (count == 1) {
    v128.store_lane<u32>(to, value, 0);
    return;
  }
  v128.store_lane<u64>(to, value, 0);
  if (count == 3) v128.store_lane<u32>(to, value, 2, 8);
}
