/** Weights as they ship to what the kernels read. */

/** Eight bits each, to be multiplied by the scale of their channel; the channels are the last side. */
export function widenBytes(scales: usize, levels: usize, output: usize, count: i32, channels: i32): void {
  const fours = channels & ~3;
  for (let from = 0; from < count; from += channels) {
    for (let channel = 0; channel < fours; channel += 4) {
      const at = from + channel;
      const four = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(levels + at)));
      v128.store(output + at * 4, f32x4.mul(f32x4.convert_i32x4_s(four), v128.load(scales + channel * 4)));
    }
    for (let channel = fours; channel < channels; channel++) {
      const at = from + channel;
      store<f32>(output + at * 4, <f32>load<i8>(levels + at) * load<f32>(scales + channel * 4));
    }
  }
}

/** Sixteen bits each, of IEEE 754's binary16. */
export function widenHalves(input: usize, output: usize, count: i32): void {
  for (let at = 0; at < count; at++) {
    const half = <u32>load<u16>(input + at * 2);
    const size = half & 0x7fff;
    // The exponents of the one begin 112 below those of the other; the largest of all is that of what is no number.
    const value = size < 0x7c00 ? reinterpret<f32>(size << 13) * reinterpret<f32>(0x77800000) : reinterpret<f32>(size << 13 | 0x7f800000);
    store<u32>(output + at * 4, reinterpret<u32>(value) | (half & 0x8000) << 16);
  }
}

/** A matrix in blocks of eight columns, one after another; zeros fill up the last. Distances are in bytes. */
export function pack(input: usize, output: usize, rows: i32, columns: i32, row: i32, column: i32): void {
  for (let block = 0; block < columns; block += 8) {
    if (column == 4 && block + 8 <= columns) {
      for (let y = 0; y < rows; y++) {
        const at = input + y * row + block * 4;
        v128.store(output, v128.load(at));
        v128.store(output, v128.load(at, 16), 16);
        output += 32;
      }
      continue;
    }
    for (let y = 0; y < rows; y++) {
      for (let x = block; x < block + 8; x++) {
        store<f32>(output, x < columns ? load<f32>(input + y * row + x * column) : 0);
        output += 4;
      }
    }
  }
}
