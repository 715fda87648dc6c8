/**
 * Colours for a scale, perceptually uniform: equal steps are equal steps of lightness in OKLab (B. Ottosson, "A perceptual color
 * space for image processing", 2020), with a hue that turns on the way. The low end lies near the page's own paper.
 */

interface Ramp {
  /** Lightness, chroma and hue (degrees) in OKLCH, at the low and at the high end. */
  from: readonly [number, number, number];
  to: readonly [number, number, number];
}

const RAMPS: Readonly<Record<'light' | 'dark', Ramp>> = {
  light: { from: [0.975, 0.012, 190], to: [0.33, 0.11, 265] },
  dark: { from: [0.2, 0.025, 220], to: [0.94, 0.1, 100] },
};

/** Chroma is highest in the middle, where the gamut of screens is widest. */
const MIDDLE_CHROMA = 0.05;

export const COLOURS = 256;

/** @returns `COLOURS` x 3 levels, from the low to the high end. */
export function colourMap(theme: 'light' | 'dark'): Uint8ClampedArray {
  const { from, to } = RAMPS[theme];
  const levels = new Uint8ClampedArray(COLOURS * 3);
  for (let i = 0; i < COLOURS; i++) {
    const t = i / (COLOURS - 1);
    const mix = (k: 0 | 1 | 2): number => from[k] + t * (to[k] - from[k]);
    const chroma = mix(1) + MIDDLE_CHROMA * Math.sin(Math.PI * t);
    const hue = (mix(2) * Math.PI) / 180;
    levels.set(toLevels(mix(0), chroma * Math.cos(hue), chroma * Math.sin(hue)), i * 3);
  }
  return levels;
}

/** OKLab to sRGB levels; what lies outside the gamut is clamped. */
function toLevels(lightness: number, a: number, b: number): number[] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((value) => 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * Math.max(0, value) ** (1 / 2.4) - 0.055));
}
