/** What of a reading the page shows. */
import { describe, expect, it } from 'vitest';
import { asShown, genderWithheld, MIN_AGE_FOR_GENDER } from '../src/live/shown';
import type { Face } from '../src/types';

function face(years: number | null): Face {
  return {
    id: 3,
    box: { x: 1, y: 2, width: 3, height: 4 },
    keypoints: [],
    score: 0.9,
    ...(years === null ? {} : { age: { years, low: 0, high: 116, interval: 0.9 } }),
    gender: { label: 'female', probabilities: { female: 0.8, male: 0.2 } },
  };
}

describe('asShown', () => {
  it('leaves out the gender of whoever reads under 13, and nothing else', () => {
    const { gender, ...rest } = face(12.99);
    expect(gender).toBeDefined();
    expect(asShown(face(12.99))).toStrictEqual(rest);
    expect(genderWithheld(face(0))).toBe(true);
  });

  it('keeps it from 13 on, and where no age is read', () => {
    for (const years of [MIN_AGE_FOR_GENDER, 40, null]) {
      expect(asShown(face(years))).toStrictEqual(face(years));
      expect(genderWithheld(face(years))).toBe(false);
    }
  });

  it('does not change the reading itself', () => {
    const reading = face(5);
    asShown(reading);
    expect(reading.gender).toBeDefined();
  });
});
