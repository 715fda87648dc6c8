/** A stretch of a series as columns of a picture: the mean probabilities in each column. */

import { standsFor } from './summary';
import type { Series } from './series';

/** More samples than these in one column are thinned out evenly: a column is about a pixel wide. */
const SAMPLES_PER_COLUMN = 6;

export interface Stack {
  /** Mean probabilities, K values a column; those of columns without a reading are 0. */
  readonly shares: Float32Array;
  /** Index of the label that was shown in the middle of the column's samples; -1 where there was no reading. */
  readonly labels: Int16Array;
}

/**
 * @param from @param to the stretch, in milliseconds since the zero
 * @param columns how many equal parts it is cut into
 */
export function stack(series: Series, from: number, to: number, columns: number): Stack {
  const width = series.labels.length;
  const result = { shares: new Float32Array(columns * width), labels: new Int16Array(columns).fill(-1) };
  const step = (to - from) / columns;
  let first = series.indexFrom(from);
  for (let column = 0; column < columns; column++) {
    const [begin, end] = [from + column * step, from + (column + 1) * step];
    let last = first;
    while (last < series.length && series.ms(last) < end) last = skip(series, last, end);
    if (last > first) mean(series, first, last, column, result);
    else if (first > 0 && begin < series.ms(first - 1) + standsFor(series, first - 1)) mean(series, first - 1, first, column, result);
    first = last;
  }
  return result;
}

/** The first index after `index` at or past `end`, or a good part of the way there: columns may hold thousands. */
function skip(series: Series, index: number, end: number): number {
  return index + 64 < series.length && series.ms(index + 64) < end ? series.indexFrom(end) : index + 1;
}

function mean(series: Series, first: number, last: number, column: number, { shares, labels }: Stack): void {
  const width = series.labels.length;
  const stride = Math.max(1, Math.floor((last - first) / SAMPLES_PER_COLUMN));
  let count = 0;
  for (let i = first; i < last; i += stride) {
    for (let k = 0; k < width; k++) shares[column * width + k]! += series.probability(i, k);
    count += 1;
  }
  let sum = 0;
  for (let k = 0; k < width; k++) sum += shares[column * width + k]! /= count;
  // Rounding must not leave a gap at the top.
  for (let k = 0; k < width; k++) shares[column * width + k]! /= sum || 1;
  labels[column] = series.label(first + ((last - first) >> 1));
}
