import type { FaceCropInput } from '../contract/types';
import { ROUNDING } from './levels';
import { addSample, areaResize, toGray, type Picture } from './picture';

export interface Point {
  x: number;
  y: number;
}

/** Bounds the work when a face fills a very large picture: samples per crop pixel and axis. */
const MAX_SUPERSAMPLING = 32;

/** Below this distance the direction between the eyes is noise, and so would be the crop. */
const MIN_EYE_DISTANCE_PX = 1;

/** Crop point (u, v) lies at (originX + cos u - sin v, originY + sin u + cos v) in the source. */
export interface Similarity {
  originX: number;
  originY: number;
  cos: number;
  sin: number;
  /** Source pixels per crop pixel. */
  scale: number;
}

export type Crop = Pick<FaceCropInput, 'width' | 'height'>;

/**
 * Gives the levels of a crop, height x width x RGB: of each pixel the mean of `samples` x `samples` bilinear ones; pixels beyond
 * an edge repeat it. Null where it cannot.
 */
export type CropSampler = (picture: Picture, map: Similarity, samples: number, crop: Crop) => Uint8Array | null;

/** Whether the eyes are apart enough, and finite, to say how a face lies. */
export function eyesDefineCrop(left: Point, right: Point): boolean {
  const distance = Math.hypot(right.x - left.x, right.y - left.y);
  return distance >= MIN_EYE_DISTANCE_PX && distance < Infinity;
}

/** The rotation, uniform scale and shift that lay the crop's eyes onto the picture's. */
function similarity(left: Point, right: Point, input: FaceCropInput): Similarity {
  const ax = input.eyes.left[0] * input.width;
  const ay = input.eyes.left[1] * input.height;
  const bx = input.eyes.right[0] * input.width - ax;
  const by = input.eyes.right[1] * input.height - ay;
  const sx = right.x - left.x;
  const sy = right.y - left.y;
  // The quotient (sx + i sy) / (bx + i by).
  const norm = bx * bx + by * by;
  const cos = (sx * bx + sy * by) / norm;
  const sin = (sy * bx - sx * by) / norm;
  return {
    originX: left.x - (cos * ax - sin * ay),
    originY: left.y - (sin * ax + cos * ay),
    cos,
    sin,
    scale: Math.hypot(cos, sin),
  };
}

/**
 * Cuts a face out so that its eyes lie where the network expects them.
 * Each crop pixel is the mean of n x n bilinear samples, n being the scale rounded up.
 * @param left The eye at the left of the picture, in source pixels; `right` likewise.
 * @param sampler What does it faster than this page's script, and within a level.
 * @returns height x width x channels levels, or null where the eyes are less than one pixel apart or not finite.
 */
export function cropFace(picture: Picture, left: Point, right: Point, input: FaceCropInput, sampler?: CropSampler): Uint8Array | null {
  if (!eyesDefineCrop(left, right)) return null;
  const map = similarity(left, right, input);
  const samples = Math.min(MAX_SUPERSAMPLING, Math.max(1, Math.ceil(map.scale)));
  const rgb = sampler?.(picture, map, samples, input) ?? sampleCrop(picture, map, samples, input);
  return toChannels(rgb, input);
}

/**
 * A `CropSampler`. Nearly all the work on a frame besides the networks, hence one function without calls and clamping; only
 * samples near an edge go by `addNearEdge`.
 */
export function sampleCrop(picture: Picture, map: Similarity, n: number, crop: Crop): Uint8Array {
  const rgb = new Uint8Array(crop.width * crop.height * 3);
  const { data, width, height } = picture;
  const { originX, originY, cos, sin, scale } = map;
  const first = 0.5 / n;
  const stepX = cos / n;
  const stepY = sin / n;
  // No sample is further than two crop pixels from the first; one more source pixel for its neighbour.
  const reach = 2 * scale + 1;
  const right = width - reach;
  const bottom = height - reach;
  const row = width * 4;
  const count = n * n;
  const sum = new Float64Array(3);
  let to = 0;
  for (let j = 0; j < crop.height; j++) {
    for (let i = 0; i < crop.width; i++) {
      const x = originX + cos * (i + first) - sin * (j + first);
      const y = originY + sin * (i + first) + cos * (j + first);
      if (x > reach && y > reach && x < right && y < bottom) {
        // In index coordinates, in which pixel centres are whole numbers.
        const startX = x - 0.5;
        const startY = y - 0.5;
        let red = 0;
        let green = 0;
        let blue = 0;
        for (let b = 0; b < n; b++) {
          for (let a = 0; a < n; a++) {
            const sampleX = startX + a * stepX - b * stepY;
            const sampleY = startY + a * stepY + b * stepX;
            const column = sampleX | 0;
            const line = sampleY | 0;
            const shareX = sampleX - column;
            const shareY = sampleY - line;
            const d = shareX * shareY;
            const c = shareY - d;
            const e = shareX - d;
            const f = 1 - shareX - c;
            const at = (line * row + column * 4) | 0;
            const below = (at + row) | 0;
            red += f * data[at]! + e * data[at + 4]! + c * data[below]! + d * data[below + 4]!;
            green += f * data[at + 1]! + e * data[at + 5]! + c * data[below + 1]! + d * data[below + 5]!;
            blue += f * data[at + 2]! + e * data[at + 6]! + c * data[below + 2]! + d * data[below + 6]!;
          }
        }
        sum[0] = red;
        sum[1] = green;
        sum[2] = blue;
      } else {
        addNearEdge(picture, x, y, stepX, stepY, n, sum);
      }
      // Means of levels: nothing to be clamped.
      rgb[to++] = (sum[0]! / count + ROUNDING) | 0;
      rgb[to++] = (sum[1]! / count + ROUNDING) | 0;
      rgb[to++] = (sum[2]! / count + ROUNDING) | 0;
    }
  }
  return rgb;
}

/** The n x n samples of a crop pixel whose first lies at (x, y), where pixels beyond an edge repeat it. */
function addNearEdge(picture: Picture, x: number, y: number, stepX: number, stepY: number, n: number, sum: Float64Array): void {
  sum.fill(0);
  for (let b = 0; b < n; b++) {
    for (let a = 0; a < n; a++) addSample(picture, x + a * stepX - b * stepY, y + a * stepY + b * stepX, sum);
  }
}

/** The whole picture as a crop: what serves where no face is found in a picture of one face. */
export function wholePicture(picture: Picture, input: FaceCropInput): Uint8Array {
  return toChannels(areaResize(picture, input.width, input.height), input);
}

function toChannels(rgb: Uint8Array, input: FaceCropInput): Uint8Array {
  return input.channels === 'gray' ? toGray(rgb) : rgb;
}
