/** Sums and their like over a middle side. */
import { LARGEST, PRODUCT, SMALLEST, SUM } from './codes';
import { loadPart, storePart } from './simd';

/** All numbers lie side by side. */
@unmanaged
class Reduction {
  code: i32;
  input: usize;
  output: usize;
  /** The result has outer * inner numbers. */
  outer: i32;
  middle: i32;
  inner: i32;
  /** The result is multiplied by it: a mean is a share of a sum. */
  share: f32;
}

export function reduce(at: usize): void {
  const r = changetype<Reduction>(at);
  for (let i = 0; i < r.outer; i++) {
    const input = r.input + i * r.middle * r.inner * 4;
    const output = r.output + i * r.inner * 4;
    if (r.inner == 1) store<f32>(output, lengthwise(r, input) * r.share);
    else crosswise(r, input, output);
  }
}

function crosswise(r: Reduction, input: usize, output: usize): void {
  const share = f32x4.splat(r.share);
  for (let at = 0; at < r.inner; at += 4) {
    const count = r.inner - at;
    let from = input + at * 4;
    let sum = loadPart(from, count);
    for (let left = r.middle - 1; left > 0; left--) {
      from += r.inner * 4;
      sum = combine(r.code, sum, loadPart(from, count));
    }
    storePart(output + at * 4, f32x4.mul(sum, share), count);
  }
}

/** Four partial results, which are then combined. */
function lengthwise(r: Reduction, input: usize): f32 {
  const fours = r.middle >> 2;
  let rest = input + fours * 16;
  const end = input + r.middle * 4;
  let result: v128;
  if (fours) {
    result = v128.load(input);
    for (let from = input + 16; from < rest; from += 16) result = combine(r.code, result, v128.load(from));
    result = combine(r.code, result, i8x16.shuffle(result, result, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    result = combine(r.code, result, i8x16.shuffle(result, result, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  } else {
    result = v128.load32_splat(rest);
    rest += 4;
  }
  for (; rest < end; rest += 4) result = combine(r.code, result, v128.load32_splat(rest));
  return f32x4.extract_lane(result, 0);
}

function combine(code: i32, a: v128, b: v128): v128 {
  switch (code) {
    case SUM: return f32x4.add(a, b);
    case LARGEST: return f32x4.max(a, b);
    case SMALLEST: return f32x4.min(a, b);
    case PRODUCT: return f32x4.mul(a, b);
    default: return f32x4.splat(NaN);
  }
}
