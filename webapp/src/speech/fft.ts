/** The power spectrum of real signals, by a radix-2 fast Fourier transform in double precision. */
export class PowerSpectrum {
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;
  private readonly reversed: Uint32Array;

  /** @param size A power of two, at least 2. */
  constructor(readonly size: number) {
    if (size < 2 || (size & (size - 1)) !== 0) throw new RangeError(`size must be a power of two of at least 2, got ${size}`);
    this.re = new Float64Array(size);
    this.im = new Float64Array(size);
    this.cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.sin = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
    const bits = Math.log2(size);
    this.reversed = Uint32Array.from({ length: size }, (_, i) => {
      let result = 0;
      for (let bit = 0; bit < bits; bit++) result |= ((i >> bit) & 1) << (bits - 1 - bit);
      return result;
    });
  }

  /** |X[k]|² for k = 0 .. size / 2 of `signal` (size values) into `power` (size / 2 + 1 values). */
  run(signal: Float64Array, power: Float64Array): void {
    const { re, im, size, reversed } = this;
    for (let i = 0; i < size; i++) re[i] = signal[reversed[i]!]!;
    im.fill(0);
    for (let half = 1; half < size; half *= 2) this.combine(half);
    for (let k = 0; k <= size / 2; k++) power[k] = re[k]! * re[k]! + im[k]! * im[k]!;
  }

  /** One stage: pairs of transforms of length `half` become transforms of twice that length. */
  private combine(half: number): void {
    const { re, im, cos, sin, size } = this;
    const stride = size / (2 * half);
    for (let start = 0; start < size; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const c = cos[k * stride]!;
        const s = sin[k * stride]!;
        const a = start + k;
        const b = a + half;
        const real = re[b]! * c + im[b]! * s;
        const imaginary = im[b]! * c - re[b]! * s;
        re[b] = re[a]! - real;
        im[b] = im[a]! - imaginary;
        re[a]! += real;
        im[a]! += imaginary;
      }
    }
  }
}
