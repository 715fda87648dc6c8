import { describe, expect, it } from 'vitest';
import { Series } from '../../src/session/series';
import { stack } from '../../src/session/stack';
import { standingAt, summarise } from '../../src/session/summary';
import { holding, movedTo, ticks, whole, zoomed } from '../../src/session/view/span';
import { random, sample } from './made';

/** A second of "happy" at the age of 30, a second of "sad" at 40, a pause, half a second of "sad". */
function small(): Series {
  const series = new Series(['happy', 'sad']);
  for (const ms of [0, 250, 500, 750]) series.push(sample(ms, 0, [0.75, 0.25], 30));
  for (const ms of [1000, 1250, 1500, 1750]) series.push(sample(ms, 1, [0.25, 0.75], 40));
  for (const ms of [60_000, 60_250]) series.push(sample(ms, 1, [0, 1]));
  return series;
}

describe('summarise', () => {
  it('weighs readings by the time that they stood', () => {
    expect(summarise(small())).toEqual({ readMs: 2500, shares: [0.4, 0.6], meanAge: 35, changes: 1 });
  });

  it('is nothing for nothing', () => {
    expect(summarise(new Series(['x']))).toEqual({ readMs: 0, shares: [0], meanAge: null, changes: 0 });
  });
});

describe('standingAt', () => {
  it('holds a sample to the next, and not over a pause', () => {
    const series = small();
    expect([-1, 0, 249, 250, 1999, 2000, 59_999, 60_000, 60_499, 60_500].map((ms) => standingAt(series, ms))).toEqual([-1, 0, 0, 1, 7, -1, -1, 8, 9, -1]);
  });
});

describe('stack', () => {
  it('means what lies in a column, and leaves pauses empty', () => {
    const { shares, labels } = stack(small(), 0, 4000, 4);
    expect([...labels]).toEqual([0, 1, -1, -1]);
    expect([...shares]).toEqual([0.75, 0.25, 0.25, 0.75, 0, 0, 0, 0]);
  });

  it('fills columns that are finer than the samples', () => {
    expect([...stack(small(), 0, 250, 5).labels]).toEqual([0, 0, 0, 0, 0]);
  });

  it('sums to 1 however many samples lie in a column', () => {
    const next = random(1);
    const series = new Series(['a', 'b', 'c']);
    for (let i = 0; i < 20_000; i++) {
      const first = next();
      series.push(sample(i * 250, 0, [first, (1 - first) / 2, (1 - first) / 2]));
    }
    for (const columns of [1, 7, 300]) {
      const { shares, labels } = stack(series, 0, 20_000 * 250, columns);
      expect(labels.every((label) => label === 0)).toBe(true);
      for (let column = 0; column < columns; column++) expect(shares[column * 3]! + shares[column * 3 + 1]! + shares[column * 3 + 2]!).toBeCloseTo(1, 5);
    }
  });
});

describe('the span of a timeline', () => {
  it('keeps the place that is zoomed at', () => {
    const span = zoomed(whole(100_000), 0.5, 80_000, 100_000);
    expect(span).toEqual({ from: 40_000, to: 90_000 });
    expect(zoomed(span, 4, 80_000, 100_000)).toEqual({ from: 0, to: 100_000 });
    expect(zoomed(span, 1e-6, 80_000, 100_000)).toEqual({ from: 78_400, to: 80_400 });
  });

  it('stays inside', () => {
    const span = { from: 40_000, to: 50_000 };
    expect(movedTo(span, -5, 100_000)).toEqual({ from: 0, to: 10_000 });
    expect(movedTo(span, 99_000, 100_000)).toEqual({ from: 90_000, to: 100_000 });
    expect(holding(span, 45_000, 100_000)).toBe(span);
    expect(holding(span, 60_000, 100_000)).toEqual({ from: 50_000, to: 60_000 });
    expect(holding(span, 30_000, 100_000)).toEqual({ from: 30_000, to: 40_000 });
  });

  it('has round times', () => {
    expect(ticks({ from: 0, to: 60_000 }, 6)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    expect(ticks({ from: 1, to: 3 * 3_600_000 }, 5)).toEqual([3_600_000, 7_200_000, 10_800_000]);
    expect(ticks({ from: 0, to: 5e8 }, 4).length).toBeLessThan(20);
  });
});
