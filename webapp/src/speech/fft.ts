/**
 * The power spectrum of real signals, in double precision, by a radix-2 fast Fourier transform of half their size: even
 * samples are its real part, odd ones its imaginary part (W. H. Press et al., "Numerical Recipes", 12.3.2).
 */
export class PowerSpectrum {
  /** Of the transform: half of the signal's size. */
  private readonly half: number;
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  /** Of the angles 2 pi k / size. */
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;
  private readonly reversed: Uint32Array;

  /** @param size A power of two, at least 2. */
  constructor(readonly size: number) {
    if (size < 2 || (size & (size - 1)) !== 0) throw new RangeError(`size must be a power of two of at least 2, got ${size}`);
    this.half = size / 2;
    this.re = new Float64Array(this.half);
    this.im = new Float64Array(this.half);
    this.cos = Float64Array.from({ length: this.half }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.sin = Float64Array.from({ length: this.half }, (_, i) => Math.sin((2 * Math.PI * i) / size));
    const bits = Math.log2(this.half);
    this.reversed = Uint32Array.from({ length: this.half }, (_, i) => {
      let result = 0;
      for (let bit = 0; bit < bits; bit++) result |= ((i >> bit) & 1) << (bits - 1 - bit);
      return result;
    });
  }

  /** |X[k]|² for k = 0 .. size / 2 of `signal` (size values) into `power` (size / 2 + 1 values). */
  run(signal: Float64Array, power: Float64Array): void {
    const { re, im, half, reversed } = this;
    for (let i = 0; i < half; i++) {
      const from = 2 * reversed[i]!;
      re[i] = signal[from]!;
      im[i] = signal[from + 1]!;
    }
    for (let part = 1; part < half; part *= 2) this.combine(part);
    this.separate(power);
  }

  /** One stage: pairs of transforms of length `part` become transforms of twice that length. */
  private combine(part: number): void {
    const { re, im, cos, sin, half } = this;
    const stride = half / part;
    for (let start = 0; start < half; start += 2 * part) {
      for (let k = 0; k < part; k++) {
        const c = cos[k * stride]!;
        const s = sin[k * stride]!;
        const a = start + k;
        const b = a + part;
        const real = re[b]! * c + im[b]! * s;
        const imaginary = im[b]! * c - re[b]! * s;
        re[b] = re[a]! - real;
        im[b] = im[a]! - imaginary;
        re[a]! += real;
        im[a]! += imaginary;
      }
    }
  }

  /** X[k] = E[k] + e^(-2 pi i k / size) O[k], E and O being the transforms of the even and the odd samples. */
  private separate(power: Float64Array): void {
    const { re, im, cos, sin, half } = this;
    power[0] = (re[0]! + im[0]!) ** 2;
    power[half] = (re[0]! - im[0]!) ** 2;
    for (let k = 1; k < half; k++) {
      const mirrored = half - k;
      const evenReal = (re[k]! + re[mirrored]!) / 2;
      const evenImaginary = (im[k]! - im[mirrored]!) / 2;
      const oddReal = (im[k]! + im[mirrored]!) / 2;
      const oddImaginary = (re[mirrored]! - re[k]!) / 2;
      const real = evenReal + oddReal * cos[k]! + oddImaginary * sin[k]!;
      const imaginary = evenImaginary + oddImaginary * cos[k]! - oddReal * sin[k]!;
      power[k] = real * real + imaginary * imaginary;
    }
  }
}
