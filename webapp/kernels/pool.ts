/** The largest or the mean of a window, which leaves out what lies beyond the border. */
import { loadPart, storePart } from './simd';

/** Distances are in bytes. */
@unmanaged
class Pool {
  input: usize;
  inputPixel: i32;
  inputRow: i32;
  inputPicture: i32;
  inputHeight: i32;
  inputWidth: i32;
  output: usize;
  outputPixel: i32;
  outputRow: i32;
  outputPicture: i32;
  /** Of the output. */
  pictures: i32;
  height: i32;
  width: i32;
  channels: i32;
  /** The window, and by how much it moves. */
  rows: i32;
  columns: i32;
  strideRows: i32;
  strideColumns: i32;
  /** How far the first window begins above and to the left of the picture. */
  top: i32;
  left: i32;
  /** 1: the mean, 0: the largest. */
  mean: i32;
}

export function pool(at: usize): void {
  const p = changetype<Pool>(at);
  for (let picture = 0; picture < p.pictures; picture++) {
    for (let y = 0; y < p.height; y++) {
      const top = y * p.strideRows - p.top;
      const fromRow = max(top, 0);
      const rows = min(top + p.rows, p.inputHeight) - fromRow;
      for (let x = 0; x < p.width; x++) {
        const left = x * p.strideColumns - p.left;
        const fromColumn = max(left, 0);
        const columns = min(left + p.columns, p.inputWidth) - fromColumn;
        const input = p.input + picture * p.inputPicture + fromRow * p.inputRow + fromColumn * p.inputPixel;
        window(p, input, rows, columns, p.output + picture * p.outputPicture + y * p.outputRow + x * p.outputPixel);
      }
    }
  }
}

function window(p: Pool, input: usize, rows: i32, columns: i32, output: usize): void {
  const share = f32x4.splat(1.0 / <f32>(rows * columns));
  let channel = 0;
  if (p.mean) {
    for (; channel + 4 <= p.channels; channel += 4) meanOf(p, input + channel * 4, rows, columns, output + channel * 4, share, 4);
    if (channel < p.channels) meanOf(p, input + channel * 4, rows, columns, output + channel * 4, share, p.channels - channel);
  } else {
    for (; channel + 4 <= p.channels; channel += 4) largestOf(p, input + channel * 4, rows, columns, output + channel * 4, 4);
    if (channel < p.channels) largestOf(p, input + channel * 4, rows, columns, output + channel * 4, p.channels - channel);
  }
}

/** Of up to four channels. Inlined, so that where there are four nothing asks how many. */
// @ts-ignore: decorator
@inline
function meanOf(p: Pool, input: usize, rows: i32, columns: i32, output: usize, share: v128, count: i32): void {
  let sum = f32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    let from = input + row * p.inputRow;
    for (let column = columns; column > 0; column--) {
      sum = f32x4.add(sum, loadPart(from, count));
      from += p.inputPixel;
    }
  }
  storePart(output, f32x4.mul(sum, share), count);
}

// @ts-ignore: decorator
@inline
function largestOf(p: Pool, input: usize, rows: i32, columns: i32, output: usize, count: i32): void {
  let largest = f32x4.splat(-Infinity);
  for (let row = 0; row < rows; row++) {
    let from = input + row * p.inputRow;
    for (let column = columns; column > 0; column--) {
      // What is no number in the picture is none in the result.
      largest = f32x4.max(largest, loadPart(from, count));
      from += p.inputPixel;
    }
  }
  storePart(output, largest, count);
}
