/** Rows of numbers to shares of one. */
import { exponential } from './functions';
import { loadPart, storePart } from './simd';

/** All numbers lie side by side. */
@unmanaged
class Softmax {
  input: usize;
  output: usize;
  rows: i32;
  length: i32;
}

export function softmax(at: usize): void {
  const s = changetype<Softmax>(at);
  for (let row = 0; row < s.rows; row++) {
    const offset = row * s.length * 4;
    shares(s.input + offset, s.output + offset, s.length);
  }
}

function shares(input: usize, output: usize, length: i32): void {
  const end = input + length * 4;
  let largest = load<f32>(input);
  for (let from = input + 4; from < end; from += 4) largest = max(largest, load<f32>(from));
  for (let left = length, at = 0; left > 0; left -= 4, at += 16) {
    storePart(output + at, exponential(f32x4.sub(loadPart(input + at, left), f32x4.splat(largest))), left);
  }
  let sum: f32 = 0;
  for (let at = 0; at < length * 4; at += 4) sum += load<f32>(output + at);
  const share = f32x4.splat(1 / sum);
  for (let left = length, to = output; left > 0; left -= 4, to += 16) storePart(to, f32x4.mul(loadPart(to, left), share), left);
}
