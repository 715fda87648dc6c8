/** Grey levels, 0 to 255. */

/** Makes rounding to grey levels independent of the order in which two languages add quarters and halves. */
export const ROUNDING = 0.5 + 1e-9;

/** A grey level: rounded half up. */
export function toLevel(value: number): number {
  return Math.min(255, Math.max(0, Math.floor(value + ROUNDING)));
}
