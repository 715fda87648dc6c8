/** Reads the columns of one subject's samples, which may be hundreds of thousands of values. */

import { t } from '../i18n/i18n';
import { MAX_MS } from './limits';
import type { Place } from './place';
import type { Series } from './series';

const MAX_YEARS = 200;

/** Probabilities are written with four digits, so their sum may be off by the rounding of up to 32 of them. */
const SUM_TOLERANCE = 0.005;

/**
 * Reads the samples into the series.
 * @param max how many there may be
 * @returns how many there were
 */
export function readSamples(place: Place, series: Series, max: number): number {
  const fields = place.object(['ms', 'label', 'probabilities'], ['age', 'ageLow', 'ageHigh', 'female']);
  const ms = fields.ms!.rawList(max);
  const count = ms.length;
  const labels = column(fields.label!, count);
  const columns = fields.probabilities!.object(series.labels);
  const shares = series.labels.map((label) => numbers(columns[label]!, count, 1));
  const [years, low, high] = [fields.age, fields.ageLow, fields.ageHigh].map((field) => optionalNumbers(field, count, MAX_YEARS));
  const female = optionalNumbers(fields.female, count, 1);
  const indexOf = new Map<unknown, number>(series.labels.map((label, index) => [label, index]));
  for (let i = 0; i < count; i++) {
    const time = ms[i];
    if (typeof time !== 'number' || !Number.isInteger(time) || time < 0 || time > MAX_MS || (i > 0 && time <= series.lastMs)) {
      return fields.ms!.item(i).fail(t('file.expected.later', { max: MAX_MS }));
    }
    const label = indexOf.get(labels[i]) ?? fields.label!.item(i).fail(series.labels.map((one) => `"${one}"`).join(` ${t('file.or')} `));
    const probabilities = shares.map((share) => share[i]!);
    const sum = probabilities.reduce((a, b) => a + b, 0);
    if (Math.abs(sum - 1) > SUM_TOLERANCE) columns[series.labels[0]!]!.item(i).fail(t('file.expected.sum', { sum: sum.toFixed(4) }));
    const age = [years![i] ?? null, low![i] ?? null, high![i] ?? null];
    const none = age.filter((value) => value === null).length;
    if (none !== 0 && none !== age.length) fields.age?.item(i).fail(t('file.expected.age'));
    series.push({
      ms: time,
      label,
      probabilities,
      age: none === 0 ? { years: age[0]!, low: age[1]!, high: age[2]! } : null,
      female: female[i] ?? null,
    });
  }
  return count;
}

function column(place: Place, count: number): readonly unknown[] {
  const values = place.rawList(count);
  return values.length === count ? values : place.fail(t('file.expected.length', { length: count }));
}

function numbers(place: Place, count: number, max: number): readonly number[] {
  const values = column(place, count);
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (typeof value !== 'number' || !(value >= 0 && value <= max)) place.item(i).number(max);
  }
  return values as number[];
}

/** A column that may lack, and in which values may lack. */
function optionalNumbers(place: Place | undefined, count: number, max: number): readonly (number | null)[] {
  if (place === undefined) return [];
  const values = column(place, count);
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (value !== null && (typeof value !== 'number' || !(value >= 0 && value <= max))) place.item(i).number(max);
  }
  return values as (number | null)[];
}
