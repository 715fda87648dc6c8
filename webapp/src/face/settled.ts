/** How much of the way to a new value is gone after `seconds`, by a time constant. */
export function settled(seconds: number, constant: number): number {
  return 1 - Math.exp(-seconds / constant);
}
