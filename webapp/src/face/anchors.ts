import type { AnchorSpec } from '../contract/types';

/**
 * The centres of a single-shot detector's anchors, x and y interleaved, as fractions of the frame.
 * Layers of the same stride share one grid, their anchors lying beside each other in each cell (MediaPipe's
 * SsdAnchorsCalculator with a fixed anchor size of 1).
 */
export function anchorCentres({ strides, per_stride: perStride, offset }: AnchorSpec, width: number, height: number): Float64Array {
  const centres: number[] = [];
  for (let layer = 0; layer < strides.length; ) {
    const stride = strides[layer]!;
    let here = 0;
    for (; layer < strides.length && strides[layer] === stride; layer++) here += perStride;
    const columns = Math.ceil(width / stride);
    const rows = Math.ceil(height / stride);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        for (let k = 0; k < here; k++) centres.push((x + offset) / columns, (y + offset) / rows);
      }
    }
  }
  return Float64Array.from(centres);
}
