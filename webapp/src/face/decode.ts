/** Raw detector outputs to faces, after MediaPipe's TensorsToDetections and NonMaxSuppression (weighted) calculators. */
import type { DecodeSpec } from '../contract/types';

/** A detection; coordinates in whatever unit it was decoded to. `points` holds x and y interleaved. */
export interface Detection {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  points: Float64Array;
  score: number;
}

/**
 * Faces on the unit square, best first, overlapping ones merged.
 * @param boxes By anchor: centre x, y, width, height, then keypoints x, y; in `decode.scale` per frame side, relative to
 *   the anchor's centre.
 * @param scores Logits by anchor.
 * @param centres From `anchorCentres`.
 */
export function decodeDetections(boxes: Float32Array, scores: Float32Array, centres: Float64Array, decode: DecodeSpec): Detection[] {
  const values = boxes.length / scores.length;
  const found: Detection[] = [];
  for (let anchor = 0; anchor < scores.length; anchor++) {
    const logit = Math.min(decode.clip, Math.max(-decode.clip, scores[anchor]!));
    const score = 1 / (1 + Math.exp(-logit));
    if (!(score >= decode.min_score)) continue;
    const at = anchor * values;
    const centreX = centres[anchor * 2]!;
    const centreY = centres[anchor * 2 + 1]!;
    const x = boxes[at]! / decode.scale + centreX;
    const y = boxes[at + 1]! / decode.scale + centreY;
    const halfWidth = boxes[at + 2]! / decode.scale / 2;
    const halfHeight = boxes[at + 3]! / decode.scale / 2;
    const points = new Float64Array(values - 4);
    for (let i = 0; i < points.length; i++) {
      points[i] = boxes[at + 4 + i]! / decode.scale + (i % 2 === 0 ? centreX : centreY);
    }
    found.push({ x0: x - halfWidth, y0: y - halfHeight, x1: x + halfWidth, y1: y + halfHeight, points, score });
  }
  return suppress(found.sort((a, b) => b.score - a.score), decode.iou);
}

/** The same face elsewhere. */
export function moved({ x0, y0, x1, y1, points, score }: Detection, x: number, y: number): Detection {
  return { x0: x0 + x, y0: y0 + y, x1: x1 + x, y1: y1 + y, points: points.map((value, i) => value + (i % 2 === 0 ? x : y)), score };
}

/** Merges detections that overlap by more than `iou` into their mean, weighted by score. Expects the best first. */
export function suppress(sorted: readonly Detection[], iou: number): Detection[] {
  const faces: Detection[] = [];
  let left = sorted;
  for (let best = left[0]; best !== undefined; best = left[0]) {
    const reference = best;
    // A degenerate box overlaps nothing, not even itself: it still stands for itself.
    const together = left.filter((other) => other === reference || overlap(reference, other) > iou);
    faces.push(weightedMean(together, reference.score));
    left = left.filter((other) => !together.includes(other));
  }
  return faces;
}

function weightedMean(group: readonly Detection[], score: number): Detection {
  const points = new Float64Array(group[0]!.points.length);
  const mean: Detection = { x0: 0, y0: 0, x1: 0, y1: 0, points, score };
  const total = group.reduce((sum, one) => sum + one.score, 0);
  for (const one of group) {
    const weight = one.score / total;
    mean.x0 += weight * one.x0;
    mean.y0 += weight * one.y0;
    mean.x1 += weight * one.x1;
    mean.y1 += weight * one.y1;
    for (let i = 0; i < points.length; i++) points[i]! += weight * one.points[i]!;
  }
  return mean;
}

/** A box without what is in it. */
export type Rectangle = Pick<Detection, 'x0' | 'y0' | 'x1' | 'y1'>;

/** Intersection over union, 0..1. */
export function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.max(0, Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0));
  const height = Math.max(0, Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0));
  const shared = width * height;
  const area = (a.x1 - a.x0) * (a.y1 - a.y0) + (b.x1 - b.x0) * (b.y1 - b.y0) - shared;
  return area > 0 ? shared / area : 0;
}
