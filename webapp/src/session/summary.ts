/** What a session comes to, subject by subject. */

import { HOLD_MS, SAMPLE_MS } from './limits';
import type { Series } from './series';

export interface Summary {
  /** For how long there was a reading, in milliseconds. */
  readonly readMs: number;
  /** Share of that time that each label was shown, in the order of the labels; they sum to 1, or are all 0. */
  readonly shares: readonly number[];
  /** Mean of the age readings over time, in years; null where there was none. */
  readonly meanAge: number | null;
  /** How often the shown label gave way to another. */
  readonly changes: number;
}

/** How long the sample stands, in milliseconds; see `HOLD_MS`. */
export function standsFor(series: Series, index: number): number {
  const gap = index + 1 < series.length ? series.ms(index + 1) - series.ms(index) : Infinity;
  return gap <= HOLD_MS ? gap : SAMPLE_MS;
}

/** The index of the sample that stands at `ms`; -1 where there is none. */
export function standingAt(series: Series, ms: number): number {
  const index = series.indexFrom(ms + 1) - 1;
  return index >= 0 && ms < series.ms(index) + standsFor(series, index) ? index : -1;
}

export function summarise(series: Series): Summary {
  const spent = series.labels.map(() => 0);
  let [readMs, changes, ageSum, ageMs] = [0, 0, 0, 0];
  for (let i = 0; i < series.length; i++) {
    const ms = standsFor(series, i);
    const label = series.label(i);
    spent[label]! += ms;
    readMs += ms;
    if (i > 0 && series.label(i - 1) !== label) changes += 1;
    const years = series.years(i);
    if (Number.isNaN(years)) continue;
    ageSum += ms * years;
    ageMs += ms;
  }
  return {
    readMs,
    shares: spent.map((ms) => (readMs > 0 ? ms / readMs : 0)),
    meanAge: ageMs > 0 ? ageSum / ageMs : null,
    changes,
  };
}
