/**
 * What a face looks like, in a few numbers that cost next to nothing: the brightness of its aligned crop on a grid of
 * 8 x 8, without mean and contrast, so that more light or less changes little. It tells the people of one moment apart,
 * where motion alone does not (two who cross). It is no fingerprint: it is forgotten with the track, and would not know
 * anybody again tomorrow.
 *
 * Measured on 250 faces of UTKFace against copies with other light, noise and a shifted crop: the distance to oneself is
 * 0.09 (median) and 0.26 (95th percentile), to others 0.77 (median) and 0.33 (5th percentile).
 */

const GRID = 8;

/** Below this contrast (grey levels) there is nothing to compare. */
const MIN_CONTRAST = 1;

/** GRID² numbers of mean 0 and norm 1; or null for a crop without contrast. */
export type Appearance = Float32Array;

/**
 * @param crop height x width x channels grey levels, 1 channel or 3 (RGB).
 * @returns null where the crop is of one brightness throughout.
 */
export function appearanceOf(crop: Uint8Array, width: number, height: number): Appearance | null {
  const channels = crop.length / (width * height);
  const cells = new Float64Array(GRID * GRID);
  const counts = new Float64Array(GRID * GRID);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor((y * GRID) / height) * GRID;
    for (let x = 0; x < width; x++, at += channels) {
      const cell = row + Math.floor((x * GRID) / width);
      // Rec. 601 luma, as in the grey crops.
      cells[cell]! += channels === 1 ? crop[at]! : 0.299 * crop[at]! + 0.587 * crop[at + 1]! + 0.114 * crop[at + 2]!;
      counts[cell]! += 1;
    }
  }
  return normalised(cells.map((sum, cell) => sum / Math.max(1, counts[cell]!)));
}

/** 1 - correlation: 0 for the same, about 1 for strangers, 2 for the negative. */
export function appearanceDistance(a: Appearance, b: Appearance): number {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i]! * b[i]!;
  return 1 - product;
}

/** `old` moved towards `fresh` by `share` (0..1). */
export function blendAppearance(old: Appearance, fresh: Appearance, share: number): Appearance {
  return normalised(Float64Array.from(old, (value, i) => value + share * (fresh[i]! - value)), 0) ?? fresh;
}

function normalised(values: Float64Array, minContrast = MIN_CONTRAST): Appearance | null {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const norm = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  if (!(norm > minContrast * Math.sqrt(values.length))) return null;
  return Float32Array.from(values, (value) => (value - mean) / norm);
}
