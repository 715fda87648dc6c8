/** Number by number: copies in any order, functions of one tensor or of two. */
import {
  ABSOLUTE, ADD, CLAMP, COPY, DIVIDE, ELU, EXPONENTIAL, FILL, INVERSE_ROOT, LARGER, LEAKY_RELU, LOGARITHM, MULTIPLY, NEGATIVE, PRELU,
  ROOT, SIGMOID, SMALLER, SQUARE, SQUARED_DIFFERENCE, SUBTRACT, TANH,
} from './codes';
import { exponential, logarithm } from './functions';
import { clamp, loadPart, storePart } from './simd';

/** Four sides, the last of them the innermost, and for each the distance in bytes from one number to the next: 0 where one serves for all. */
@unmanaged
class Map {
  code: i32;
  side0: i32;
  side1: i32;
  side2: i32;
  side3: i32;
  output: usize;
  output0: i32;
  output1: i32;
  output2: i32;
  output3: i32;
  first: usize;
  first0: i32;
  first1: i32;
  first2: i32;
  first3: i32;
  second: usize;
  second0: i32;
  second1: i32;
  second2: i32;
  second3: i32;
  /** Settings of some functions. */
  low: f32;
  high: f32;
}

export function map(at: usize): void {
  const m = changetype<Map>(at);
  const whole = m.output3 == 4 && m.first3 == 4 && m.code == COPY;
  const fours = m.output3 == 4 && (m.first3 == 4 || m.first3 == 0) && (m.second3 == 4 || m.second3 == 0);
  for (let i = 0; i < m.side0; i++) {
    for (let j = 0; j < m.side1; j++) {
      for (let k = 0; k < m.side2; k++) {
        const output = m.output + i * m.output0 + j * m.output1 + k * m.output2;
        const first = m.first + i * m.first0 + j * m.first1 + k * m.first2;
        const second = m.second + i * m.second0 + j * m.second1 + k * m.second2;
        if (whole) memory.copy(output, first, m.side3 * 4);
        else if (fours) inFours(m, output, first, second);
        else oneByOne(m, output, first, second);
      }
    }
  }
}

function inFours(m: Map, output: usize, first: usize, second: usize): void {
  for (let left = m.side3; left > 0; left -= 4) {
    const a = m.first3 ? loadPart(first, left) : v128.load32_splat(first);
    const b = m.second3 ? loadPart(second, left) : v128.load32_splat(second);
    storePart(output, apply(m, a, b), left);
    output += 16;
    first += 4 * m.first3;
    second += 4 * m.second3;
  }
}

function oneByOne(m: Map, output: usize, first: usize, second: usize): void {
  for (let left = m.side3; left > 0; left--) {
    storePart(output, apply(m, v128.load32_splat(first), v128.load32_splat(second)), 1);
    output += m.output3;
    first += m.first3;
    second += m.second3;
  }
}

function apply(m: Map, a: v128, b: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  switch (m.code) {
    case COPY: return a;
    case ADD: return f32x4.add(a, b);
    case SUBTRACT: return f32x4.sub(a, b);
    case MULTIPLY: return f32x4.mul(a, b);
    case DIVIDE: return f32x4.div(a, b);
    case LARGER: return f32x4.max(a, b);
    case SMALLER: return f32x4.min(a, b);
    case SQUARED_DIFFERENCE: {
      const difference = f32x4.sub(a, b);
      return f32x4.mul(difference, difference);
    }
    case PRELU: return v128.bitselect(f32x4.mul(a, b), a, f32x4.lt(a, zero));
    case ABSOLUTE: return f32x4.abs(a);
    case NEGATIVE: return f32x4.neg(a);
    case EXPONENTIAL: return exponential(a);
    case LOGARITHM: return logarithm(a);
    case ROOT: return f32x4.sqrt(a);
    case INVERSE_ROOT: return f32x4.div(one, f32x4.sqrt(a));
    case SQUARE: return f32x4.mul(a, a);
    case CLAMP: return clamp(a, f32x4.splat(m.low), f32x4.splat(m.high));
    case ELU: return v128.bitselect(f32x4.sub(exponential(a), one), a, f32x4.lt(a, zero));
    case LEAKY_RELU: return v128.bitselect(f32x4.mul(a, f32x4.splat(m.low)), a, f32x4.lt(a, zero));
    case SIGMOID: return sigmoid(a);
    // Twice as steep, and from -1 to 1.
    case TANH: return f32x4.sub(f32x4.mul(f32x4.splat(2), sigmoid(f32x4.add(a, a))), one);
    case FILL: return f32x4.splat(m.low);
    default: return f32x4.splat(NaN);
  }
}

function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}
