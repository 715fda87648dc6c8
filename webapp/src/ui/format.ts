/** Numbers and labels as people read them. */

import type { Age } from '../types';

/** 0.874 -> "87 %" (with a narrow no-break space). */
export function percent(share: number): string {
  return `${Math.round(share * 100)}\u202f%`;
}

/** Bytes as "640 kB" or "1.9 MB" (powers of ten). */
export function bytes(count: number): string {
  return count < 1e6 ? `${Math.round(count / 1e3)}\u202fkB` : `${(count / 1e6).toFixed(1)}\u202fMB`;
}

/** "happy" -> "Happy". Labels come from the model's spec, so any word may come. */
export function title(label: string): string {
  const words = label.replaceAll(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "about 34". */
export function years(age: Age): string {
  return `about ${Math.round(age.years)}`;
}

/** "28–41". */
export function ageRange(age: Age): string {
  return `${Math.round(age.low)}–${Math.round(age.high)}`;
}

/** "1 face", "2 faces". */
export function count(n: number, one: string, many: string): string {
  return n === 1 ? `1 ${one}` : `${n} ${many}`;
}

/** Below this share no label stands out, and the reading says so. */
export const UNSURE = 0.4;

/** "87 %", or "16 %, unsure" where the most probable label is not probable. */
export function sureness(share: number): string {
  return share < UNSURE ? `${percent(share)}, unsure` : percent(share);
}
