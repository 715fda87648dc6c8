/** Slaney's mel scale and its filters, as in librosa.filters.mel(htk=False, norm='slaney'). */

/** Linear up to 1 kHz (200/3 Hz a mel), logarithmic above (27 mels for a factor of 6.4). */
const LINEAR_HZ_PER_MEL = 200 / 3;
const BREAK_HZ = 1000;
const BREAK_MEL = BREAK_HZ / LINEAR_HZ_PER_MEL;
const LOG_STEP = Math.log(6.4) / 27;

function hzToMel(hz: number): number {
  return hz < BREAK_HZ ? hz / LINEAR_HZ_PER_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

function melToHz(mel: number): number {
  return mel < BREAK_MEL ? mel * LINEAR_HZ_PER_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
}

/** bands + 2 frequencies in Hz, evenly spaced in mel; band b rises from edge b to its centre b + 1 and falls to b + 2. */
export function melEdges(bands: number, fmin: number, fmax: number): Float64Array {
  const low = hzToMel(fmin);
  const step = (hzToMel(fmax) - low) / (bands + 1);
  return Float64Array.from({ length: bands + 2 }, (_, i) => melToHz(low + step * i));
}

/** One triangular filter, without the zeros around it. */
export interface MelFilter {
  firstBin: number;
  weights: Float64Array;
}

/** Triangles of equal area over the bins of a Fourier transform of `fftSize`. */
export function melFilters(sampleRate: number, fftSize: number, bands: number, fmin: number, fmax: number): MelFilter[] {
  const edges = melEdges(bands, fmin, fmax);
  return Array.from({ length: bands }, (_, band) => {
    const low = edges[band]!;
    const centre = edges[band + 1]!;
    const high = edges[band + 2]!;
    const weights: number[] = [];
    let firstBin = 0;
    for (let bin = 0; bin <= fftSize / 2; bin++) {
      const hz = (bin * sampleRate) / fftSize;
      const weight = Math.min((hz - low) / (centre - low), (high - hz) / (high - centre));
      if (weight <= 0) continue;
      if (weights.length === 0) firstBin = bin;
      weights.push((weight * 2) / (high - low));
    }
    return { firstBin, weights: Float64Array.from(weights) };
  });
}
