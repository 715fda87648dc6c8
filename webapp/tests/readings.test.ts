/** Probabilities and ages, against values worked out by hand. */
import { describe, expect, it } from 'vitest';
import { indexOfLargest, markUnsure, softmax, toAge, toCategorical } from '../src/contract/readings';
import type { DistributionOutput } from '../src/contract/types';

describe('softmax', () => {
  it('gives shares in proportion to the powers of e', () => {
    const result = softmax([0, Math.log(2), Math.log(4)], 1);
    [1 / 7, 2 / 7, 4 / 7].forEach((share, i) => expect(result[i]).toBeCloseTo(share, 12));
  });

  it('divides by the temperature', () => {
    const result = softmax([0, 2 * Math.log(3)], 2);
    expect(result[0]).toBeCloseTo(0.25, 12);
    expect(result[1]).toBeCloseTo(0.75, 12);
  });

  it('bears large logits', () => {
    expect([...softmax([1000, 0], 1)]).toEqual([1, 0]);
  });
});

it('takes the first of equals for the largest', () => {
  expect(indexOfLargest([1, 3, 3])).toBe(1);
});

it('names the probabilities', () => {
  const output = { kind: 'categorical', labels: ['a', 'b'], temperature: 1 } as const;
  expect(toCategorical([0.25, 0.75], output)).toEqual({ label: 'b', probabilities: { a: 0.25, b: 0.75 } });
});

it('says whether a label reaches the threshold of its model', () => {
  const output = { kind: 'categorical', labels: ['a', 'b'], temperature: 1, unsure_below: 0.6 } as const;
  expect(toCategorical([0.25, 0.75], output).unsure).toBe(false);
  expect(toCategorical([0.45, 0.55], output).unsure).toBe(true);
  // The label that is shown counts, whichever is the most probable.
  expect(toCategorical([0.25, 0.75], output, 0)).toMatchObject({ label: 'a', unsure: true });
  // A correction may lift a label over the threshold.
  const corrected = { label: 'a', probabilities: { a: 0.6, b: 0.4 }, unsure: true };
  expect(markUnsure(corrected, 0.6)).toEqual({ ...corrected, unsure: false });
  expect('unsure' in markUnsure({ label: 'a', probabilities: { a: 0.1 } }, undefined)).toBe(false);
});

describe('toAge', () => {
  const years = (last: number): DistributionOutput => ({ kind: 'distribution', first: 0, last, temperature: 1, interval: 0.9 });

  it('spreads the mass of one year over that year', () => {
    // All mass on 2: the distribution function rises from 0 at 1.5 to 1 at 2.5.
    const age = toAge([0, 0, 1, 0], years(3));
    expect(age.years).toBe(2);
    expect(age.low).toBeCloseTo(1.55, 12);
    expect(age.high).toBeCloseTo(2.45, 12);
    expect(age.interval).toBe(0.9);
  });

  it('finds the quantiles of a lopsided distribution', () => {
    // F(0.5) = 0.1, F(1.5) = 0.5, F(2.5) = 1: 0.05 is reached at 0 and 0.95 at 2.4.
    const age = toAge([0.1, 0.4, 0.5], years(2));
    expect(age.years).toBeCloseTo(1.4, 12);
    expect(age.low).toBeCloseTo(0, 12);
    expect(age.high).toBe(2);
  });

  it('stays between first and last', () => {
    expect(toAge([1, 0], years(1)).low).toBe(0);
    expect(toAge([0, 1], years(1)).high).toBe(1);
  });
});
