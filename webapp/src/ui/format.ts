/** Numbers and labels as people read them, in the language of the page. */

import { isMessageKey, language, t } from '../i18n/i18n';
import type { Age } from '../types';

const PERCENT = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
const WHOLE = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const KILOBYTES = unit('kilobyte', 0);
const MEGABYTES = unit('megabyte', 1);
const MILLISECONDS = unit('millisecond', 0);

function unit(name: string, digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(language, { style: 'unit', unit: name, minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** 0.874 -> "87%", in German "87 %". */
export function percent(share: number): string {
  return PERCENT.format(share);
}

/** 2.04 -> "2.0" with one digit, in German "2,0". */
export function decimal(value: number, digits: number): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** Bytes as "640 kB" or "1.9 MB" (powers of ten). */
export function bytes(count: number): string {
  return count < 1e6 ? KILOBYTES.format(count / 1e3) : MEGABYTES.format(count / 1e6);
}

/** 23.4 -> "23 ms". */
export function milliseconds(ms: number): string {
  return MILLISECONDS.format(ms);
}

/**
 * A label of a model's spec in the language of the page, as it stands within a sentence; unknown ones as the spec has
 * them, also where a message with a place to fill in has the same key ("unsure").
 */
export function word(label: string): string {
  const key = `labels.${label}`;
  const message = isMessageKey(key) ? t(key) : null;
  return message === null || message.includes('{') ? label.replaceAll(/[_-]+/g, ' ') : message;
}

/** "happy" -> "Happy". Labels come from the model's spec, so any word may come. */
export function title(label: string): string {
  const words = word(label);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "about 34". */
export function years(age: Age): string {
  return t('labels.years', { years: WHOLE.format(age.years) });
}

/** "28–41". */
export function ageRange(age: Age): string {
  return t('labels.range', { low: WHOLE.format(age.low), high: WHOLE.format(age.high) });
}

/** "1 face", "2 faces". */
export function count(n: number, one: string, many: string): string {
  return `${WHOLE.format(n)} ${n === 1 ? one : many}`;
}

/** Below this share no label stands out, and the reading says so. */
export const UNSURE = 0.4;

/**
 * "87%", or "16%, unsure" where the most probable label is not probable.
 * @param unsure what the model itself says of it
 */
export function sureness(share: number, unsure = share < UNSURE): string {
  return unsure ? t('labels.unsure', { share: percent(share) }) : percent(share);
}
