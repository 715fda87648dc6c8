import type { FaceCropInput } from '../contract/types';
import { addSample, areaResize, toGray, toLevel, type Picture } from './picture';

export interface Point {
  x: number;
  y: number;
}

/** Bounds the work when a face fills a very large picture: samples per crop pixel and axis. */
const MAX_SUPERSAMPLING = 32;

/** Below this distance the direction between the eyes is noise, and so would be the crop. */
const MIN_EYE_DISTANCE_PX = 1;

/** Crop point (u, v) lies at (originX + cos u - sin v, originY + sin u + cos v) in the source. */
interface Similarity {
  originX: number;
  originY: number;
  cos: number;
  sin: number;
  /** Source pixels per crop pixel. */
  scale: number;
}

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
 * @returns height x width x channels levels, or null where the eyes are less than one pixel apart or not finite.
 */
export function cropFace(picture: Picture, left: Point, right: Point, input: FaceCropInput): Uint8Array | null {
  if (!eyesDefineCrop(left, right)) return null;
  const { originX, originY, cos, sin, scale } = similarity(left, right, input);
  const n = Math.min(MAX_SUPERSAMPLING, Math.max(1, Math.ceil(scale)));
  const rgb = new Uint8Array(input.width * input.height * 3);
  const sum = new Float64Array(3);
  for (let j = 0, to = 0; j < input.height; j++) {
    for (let i = 0; i < input.width; i++, to += 3) {
      sum.fill(0);
      for (let b = 0; b < n; b++) {
        const v = j + (b + 0.5) / n;
        for (let a = 0; a < n; a++) {
          const u = i + (a + 0.5) / n;
          addSample(picture, originX + cos * u - sin * v, originY + sin * u + cos * v, sum);
        }
      }
      for (let channel = 0; channel < 3; channel++) rgb[to + channel] = toLevel(sum[channel]! / (n * n));
    }
  }
  return toChannels(rgb, input);
}

/** The whole picture as a crop: what serves where no face is found in a picture of one face. */
export function wholePicture(picture: Picture, input: FaceCropInput): Uint8Array {
  return toChannels(areaResize(picture, input.width, input.height), input);
}

function toChannels(rgb: Uint8Array, input: FaceCropInput): Uint8Array {
  return input.channels === 'gray' ? toGray(rgb) : rgb;
}
